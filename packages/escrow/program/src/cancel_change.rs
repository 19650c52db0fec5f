use crate::{
    effective_wallet::Change,
    generated::{identity, EscrowError, INSTRUCTION_CANCEL_CHANGE},
    linked::{require_wallet, with_linked},
    require, Call, Outcome,
};

/// Accounts: identity, operator, old wallet (signs). Data: number.
/// The old wallet objects: payouts stay paused until a later change matures or both wallets sign.
#[inline(never)]
pub fn cancel_change(Call { program, accounts, data }: Call) -> Outcome {
    let [account, operator_account, wallet] = accounts else {
        return Err(EscrowError::AccountCountWrong);
    };
    require(data.len() == 1, EscrowError::DataLengthWrong)?;
    with_linked(program, account, operator_account, INSTRUCTION_CANCEL_CHANGE, |fields, _, change, _| {
        require_wallet(fields, wallet)?;
        require(change == Change::Pending, EscrowError::ChangeMissing)?;
        fields[identity::CONTESTED] = 1;
        Ok(())
    })
}
