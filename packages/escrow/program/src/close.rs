use crate::{
    account::{self, Deposit},
    clock::now,
    event::emit,
    field::{i64_at, u64_at},
    generated::{deposit, EscrowError, DEPOSIT_CANCELLED, DEPOSIT_PAID, DEPOSIT_REFUNDED, INSTRUCTION_CLOSE},
    pay::{require_funder, take, Form},
    require, Call, Outcome,
    terms::closable_at,
    token::Taken,
};

static FORM: Form = Form { accounts: 2, data: 1, receiver: 1 };

/// Accounts: deposit, funder; for a token also vault, mint, token account, token program. Nobody signs.
/// Data: number; for a token also the bump of the canonical token account.
/// Seven days after a terminal state, the vault, rent and whatever strangers sent go to the funder, and the account is
/// gone: until then it says what happened. Without stray tokens the funder needs no token account.
#[inline(never)]
pub fn close(call: Call) -> Outcome {
    let [mut account, funder, ..] = *call.accounts else {
        return Err(EscrowError::AccountCountWrong);
    };
    let mut ended = account;
    let fields = account::deposit_mut(&mut ended, call.program)?;
    require_funder(fields, &funder)?;
    require_closable(fields, now()?)?;
    let sequence = u64_at(fields, deposit::SEQUENCE).wrapping_add(1);
    let lamports = account.lamports();
    take(&call, &FORM, fields, &Taken::Everything)?;
    account::close(&mut account);
    emit(INSTRUCTION_CLOSE, account.address(), sequence, lamports);
    Ok(())
}

#[inline(always)]
fn require_closable(fields: &Deposit, now: i64) -> Outcome {
    require(matches!(fields[deposit::STATE], DEPOSIT_PAID | DEPOSIT_REFUNDED | DEPOSIT_CANCELLED), EscrowError::StateWrong)?;
    require(now >= closable_at(i64_at(fields, deposit::ENDED_AT)), EscrowError::TooEarly)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        field::put_i64,
        generated::{DEPOSIT_AWARDED, DEPOSIT_FUNDED},
    };

    fn ended(state: u8) -> Deposit {
        let mut fields = [0; deposit::SIZE];
        fields[deposit::STATE] = state;
        put_i64(&mut fields, deposit::ENDED_AT, 1_000);
        fields
    }

    #[test]
    fn only_ended_deposits_disappear_and_only_after_a_week() {
        for state in [DEPOSIT_PAID, DEPOSIT_REFUNDED, DEPOSIT_CANCELLED] {
            assert_eq!(require_closable(&ended(state), 1_000 + 604_799), Err(EscrowError::TooEarly));
            assert_eq!(require_closable(&ended(state), 1_000 + 604_800), Ok(()));
        }
        for state in [0, DEPOSIT_FUNDED, DEPOSIT_AWARDED, 9] {
            assert_eq!(require_closable(&ended(state), i64::MAX), Err(EscrowError::StateWrong));
        }
    }
}
