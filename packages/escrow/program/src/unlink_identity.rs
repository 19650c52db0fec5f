use crate::{
    field::put,
    generated::{identity, EscrowError, IDENTITY_UNLINKED, INSTRUCTION_UNLINK_IDENTITY},
    keys::NOBODY,
    linked::{drop_change, require_wallet, with_linked},
    require, Call, Outcome,
};

/// Accounts: identity, operator, wallet (signs). Data: number.
/// What stays is a tombstone without a wallet, where the user can link again.
#[inline(never)]
pub fn unlink_identity(Call { program, accounts, data }: Call) -> Outcome {
    let [account, operator_account, wallet] = accounts else {
        return Err(EscrowError::AccountCountWrong);
    };
    require(data.len() == 1, EscrowError::DataLengthWrong)?;
    with_linked(program, account, operator_account, INSTRUCTION_UNLINK_IDENTITY, |fields, _, _, _| {
        require_wallet(fields, wallet)?;
        fields[identity::STATE] = IDENTITY_UNLINKED;
        fields[identity::CONTESTED_BEFORE] = 0;
        put(fields, identity::WALLET, &NOBODY);
        drop_change(fields);
        Ok(())
    })
}
