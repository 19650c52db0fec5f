use crate::{
    account,
    event::emit,
    field::{bytes_at, i64_at, u64_at},
    generated::{deposit, EscrowError, DEPOSIT_CANCELLED, DEPOSIT_PAID, DEPOSIT_REFUNDED, INSTRUCTION_CLOSE},
    require,
    terms::closable_at,
};
use pinocchio::{
    error::ProgramError,
    sysvars::{clock::Clock, Sysvar},
    AccountView, Address, ProgramResult,
};

/// Accounts: deposit, funder. Data: number. Nobody signs.
/// Seven days after a terminal state, rent and whatever strangers sent go to the funder, and the account is gone: until
/// then it says what happened.
pub fn close(program: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    let [account, funder] = accounts else {
        return Err(EscrowError::AccountCountWrong.into());
    };
    require(data.len() == 1, EscrowError::DataLengthWrong)?;
    require(account.is_writable() && funder.is_writable(), EscrowError::AccountNotWritable)?;
    let sequence = {
        let mut fields = account::deposit(account, program)?;
        let sequence = require_closable(&fields, funder.address(), Clock::get()?.unix_timestamp)?;
        // Whatever comes later in this transaction finds nothing to revive.
        fields.fill(0);
        sequence
    };
    let lamports = account.lamports();
    let Some(received) = funder.lamports().checked_add(lamports) else {
        return Err(EscrowError::BalanceBroken.into());
    };
    funder.set_lamports(received);
    account.set_lamports(0);
    account.close()?;
    emit(INSTRUCTION_CLOSE, account.address(), sequence, lamports);
    Ok(())
}

#[inline(always)]
fn require_closable(fields: &[u8], funder: &Address, now: i64) -> Result<u64, ProgramError> {
    require(fields.len() == deposit::SIZE, EscrowError::AccountKindWrong)?;
    require(matches!(fields[deposit::STATE], DEPOSIT_PAID | DEPOSIT_REFUNDED | DEPOSIT_CANCELLED), EscrowError::StateWrong)?;
    require(bytes_at::<32>(fields, deposit::MINT) == [0; 32], EscrowError::MintWrong)?;
    require(bytes_at::<32>(fields, deposit::FUNDER) == *funder.as_array(), EscrowError::FunderWrong)?;
    require(now >= closable_at(i64_at(fields, deposit::ENDED_AT)), EscrowError::TooEarly)?;
    Ok(u64_at(fields, deposit::SEQUENCE).wrapping_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        field::{put, put_i64},
        generated::{DEPOSIT_AWARDED, DEPOSIT_FUNDED},
    };

    const FUNDER: Address = Address::new_from_array([1; 32]);

    fn ended(state: u8) -> [u8; deposit::SIZE] {
        let mut fields = [0; deposit::SIZE];
        fields[deposit::STATE] = state;
        put(&mut fields, deposit::FUNDER, FUNDER.as_array());
        put_i64(&mut fields, deposit::ENDED_AT, 1_000);
        fields
    }

    #[test]
    fn only_ended_deposits_disappear_and_only_after_a_week() {
        for state in [DEPOSIT_PAID, DEPOSIT_REFUNDED, DEPOSIT_CANCELLED] {
            assert_eq!(require_closable(&ended(state), &FUNDER, 1_000 + 604_799), Err(EscrowError::TooEarly.into()));
            assert_eq!(require_closable(&ended(state), &FUNDER, 1_000 + 604_800), Ok(1));
        }
        for state in [0, DEPOSIT_FUNDED, DEPOSIT_AWARDED, 9] {
            assert_eq!(require_closable(&ended(state), &FUNDER, i64::MAX), Err(EscrowError::StateWrong.into()));
        }
        assert_eq!(require_closable(&ended(DEPOSIT_PAID), &Address::new_from_array([2; 32]), i64::MAX), Err(EscrowError::FunderWrong.into()));
    }
}
