use crate::{
    effective_wallet::Change,
    field::{is_same, key_at, put},
    generated::{identity, EscrowError, INSTRUCTION_SETTLE_CHANGE},
    linked::{drop_change, require_wallet, with_linked},
    require, Call, Outcome,
};

/// Accounts: identity, operator, old wallet (signs), new wallet (signs). Data: number.
/// Both agree, so the change counts at once, cancelled or not. The link stays as old as it was: agreeing proves nothing
/// about its beginning.
#[inline(never)]
pub fn settle_change(Call { program, accounts, data }: Call) -> Outcome {
    let [account, operator_account, old, new] = accounts else {
        return Err(EscrowError::AccountCountWrong);
    };
    require(data.len() == 1, EscrowError::DataLengthWrong)?;
    with_linked(program, account, operator_account, INSTRUCTION_SETTLE_CHANGE, |fields, _, change, _| {
        require_wallet(fields, old)?;
        require(change != Change::None, EscrowError::ChangeMissing)?;
        require(new.is_signer(), EscrowError::SignatureMissing)?;
        require(is_same(key_at(fields, identity::PENDING_WALLET), new.address().as_array()), EscrowError::WalletWrong)?;
        put(fields, identity::WALLET, new.address().as_array());
        fields[identity::CONTESTED_BEFORE] = 0;
        drop_change(fields);
        Ok(())
    })
}
