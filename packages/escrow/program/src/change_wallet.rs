use crate::{
    attestation::require_attested,
    effective_wallet::Change,
    field::{i64_at, is_same, key_at, put, put_i64, put_u64},
    generated::{identity, EscrowError, INSTRUCTION_CHANGE_WALLET},
    keys::ATTESTOR,
    linked::with_linked,
    require, terms::cooled_at, Call, Outcome,
};

const DATA_BYTES: usize = 9;

/// Accounts: identity, operator, attestor (signs), new wallet (signs). Data: number, expiry.
/// Asks for another wallet. It counts after the cool-down unless the old wallet cancels, and payouts wait meanwhile.
#[inline(never)]
pub fn change_wallet(Call { program, accounts, data }: Call) -> Outcome {
    let [account, operator_account, attestor, wallet] = accounts else {
        return Err(EscrowError::AccountCountWrong);
    };
    let Ok(data) = <&[u8; DATA_BYTES]>::try_from(data) else {
        return Err(EscrowError::DataLengthWrong);
    };
    with_linked(program, account, operator_account, INSTRUCTION_CHANGE_WALLET, |fields, operator, change, now| {
        require_attested(operator, attestor, wallet, i64_at(data, 1), now)?;
        // Starting again would start the cool-down again, for as long as somebody likes.
        require(change != Change::Pending, EscrowError::ChangePending)?;
        // Nor is one laid upon a dispute that disabling the attestor still undoes: it would stay.
        let undoable = change == Change::Cancelled && now < cooled_at(i64_at(fields, identity::PENDING_SINCE));
        require(!undoable, EscrowError::ChangePending)?;
        require(!is_same(key_at(fields, identity::WALLET), wallet.address().as_array()), EscrowError::WalletWrong)?;
        // If this change comes to nothing, the dispute that was there before it goes on.
        if change == Change::Cancelled {
            fields[identity::CONTESTED_BEFORE] = 1;
        }
        fields[identity::CONTESTED] = 0;
        put(fields, identity::PENDING_WALLET, wallet.address().as_array());
        put_i64(fields, identity::PENDING_SINCE, now);
        put_u64(fields, identity::PENDING_EPOCH, ATTESTOR.epoch(operator));
        Ok(())
    })
}
