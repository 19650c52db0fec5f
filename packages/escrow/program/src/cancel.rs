use crate::{
    account,
    clock::now,
    decision::{decider, require_operator},
    event::emit,
    field::{key_at, put_i64, put_u64, same, u64_at},
    generated::{deposit, EscrowError, DECIDER_FUNDER, DECIDER_RELAYER, DEPOSIT_CANCELLED, DEPOSIT_FUNDED, INSTRUCTION_CANCEL},
    pay::{holding, pay, require_shape, Payment},
    require, Call, Outcome,
};

/// Accounts: deposit, funder, operator, decider (signs); for a token also vault, mint, token account, token program.
/// Data: number; for a token also the bump of the canonical token account.
/// The relayer, or the funder where the relayer has no say, ends an unawarded deposit: all of it goes to the funder.
#[inline(never)]
pub fn cancel(Call { program, accounts, data }: Call) -> Outcome {
    let [account, funder, operator_account, key, token @ ..] = accounts else {
        return Err(EscrowError::AccountCountWrong);
    };
    let [_, bump @ ..] = data else {
        return Err(EscrowError::DataLengthWrong);
    };
    require_shape(token, bump)?;
    let now = now()?;
    let (sequence, amount, holding) = {
        let fields = account::deposit_mut(account, program)?;
        require_operator(fields, operator_account.address())?;
        let who = if fields[deposit::WITH_RELAYER] == 0 { DECIDER_FUNDER } else { DECIDER_RELAYER };
        let mut by = 0;
        decider(fields, account::operator(operator_account, program)?, now, key, &mut by)?;
        require(by == who, EscrowError::DeciderWrong)?;
        require(fields[deposit::STATE] == DEPOSIT_FUNDED, EscrowError::StateWrong)?;
        require(same(key_at(fields, deposit::FUNDER), funder.address().as_array()), EscrowError::FunderWrong)?;
        let sequence = u64_at(fields, deposit::SEQUENCE).wrapping_add(1);
        fields[deposit::STATE] = DEPOSIT_CANCELLED;
        put_i64(fields, deposit::ENDED_AT, now);
        put_u64(fields, deposit::SEQUENCE, sequence);
        (sequence, u64_at(fields, deposit::AMOUNT), holding(fields))
    };
    pay(Payment { program, deposit: account, receiver: funder, holding, token, bump, amount })?;
    emit(INSTRUCTION_CANCEL, account.address(), sequence, amount);
    Ok(())
}
