use crate::{
    decision::{decider, open_deposit, Opened},
    field::u64_at,
    generated::{deposit, EscrowError, DECIDER_FUNDER, DECIDER_RELAYER, DEPOSIT_CANCELLED, DEPOSIT_FUNDED},
    pay::{pay_out, require_funder, Form},
    require, Call, Outcome,
    shares::end,
};

static FORM: Form = Form { accounts: 4, data: 1, receiver: 1 };

/// Accounts: deposit, funder, operator, decider (signs); for a token also vault, mint, token account, token program.
/// Data: number; for a token also the bump of the canonical token account.
/// The relayer, or the funder where the relayer has no say, ends an unawarded deposit: all of it goes to the funder.
#[inline(never)]
pub fn cancel(call: Call) -> Outcome {
    let [mut account, funder, operator, key, ..] = *call.accounts else {
        return Err(EscrowError::AccountCountWrong);
    };
    let Opened { fields, operator, now } = open_deposit(call.program, &mut account, &operator)?;
    let mut by = 0;
    decider(fields, operator, now, &key, &mut by)?;
    let who = if fields[deposit::WITH_RELAYER] == 0 { DECIDER_FUNDER } else { DECIDER_RELAYER };
    require(by == who, EscrowError::DeciderWrong)?;
    require(fields[deposit::STATE] == DEPOSIT_FUNDED, EscrowError::StateWrong)?;
    require_funder(fields, &funder)?;
    end(fields, DEPOSIT_CANCELLED, now);
    let amount = u64_at(fields, deposit::AMOUNT);
    pay_out(call, &FORM, fields, amount)
}
