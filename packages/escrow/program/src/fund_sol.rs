use crate::{
    event::emit,
    field::u64_at,
    fund::{create_deposit, Money, Terms, AMOUNT},
    generated::{EscrowError, INSTRUCTION_FUND_SOL},
    keys::NOBODY,
    require, Call, Outcome,
};

/// Accounts: funder (signs, pays), deposit, operator, system program. Data: the terms.
/// Moves exactly `amount` and the rent reserve, and freezes every term.
#[inline(never)]
pub fn fund_sol(call: Call) -> Outcome {
    let [_, account, _, _] = *call.accounts else {
        return Err(EscrowError::AccountCountWrong);
    };
    let Ok(terms) = <&Terms>::try_from(call.data) else {
        return Err(EscrowError::DataLengthWrong);
    };
    let amount = u64_at(terms, AMOUNT);
    require(amount > 0, EscrowError::AmountTooSmall)?;
    create_deposit(&call, terms, &Money { mint: &NOBODY, vault_bump: 0, lamports: amount })?;
    emit(INSTRUCTION_FUND_SOL, account.address(), 1, amount);
    Ok(())
}
