use crate::{
    account,
    event::emit,
    field::{bytes_at, i64_at, put_i64, put_u64, u64_at},
    generated::{deposit, EscrowError, DEPOSIT_FUNDED, DEPOSIT_REFUNDED, INSTRUCTION_REFUND},
    require,
    terms::refundable_at,
};
use pinocchio::{
    error::ProgramError,
    sysvars::{clock::Clock, Sysvar},
    AccountView, Address, ProgramResult,
};

/// Accounts: deposit, funder. Data: number. Nobody signs.
/// An unawarded deposit whose deadline and grace are over: all of the amount goes to the recorded funder.
pub fn refund(program: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    let [account, funder] = accounts else {
        return Err(EscrowError::AccountCountWrong.into());
    };
    require(data.len() == 1, EscrowError::DataLengthWrong)?;
    require(account.is_writable() && funder.is_writable(), EscrowError::AccountNotWritable)?;
    let (amount, sequence) = settle(&mut account::deposit(account, program)?, funder.address(), Clock::get()?.unix_timestamp)?;
    let (Some(left), Some(received)) = (account.lamports().checked_sub(amount), funder.lamports().checked_add(amount)) else {
        return Err(EscrowError::BalanceBroken.into());
    };
    account.set_lamports(left);
    funder.set_lamports(received);
    emit(INSTRUCTION_REFUND, account.address(), sequence, amount);
    Ok(())
}

/// Checks and records; the amount that is due and the new sequence.
#[inline(always)]
fn settle(fields: &mut [u8], funder: &Address, now: i64) -> Result<(u64, u64), ProgramError> {
    require(fields.len() == deposit::SIZE, EscrowError::AccountKindWrong)?;
    require(fields[deposit::STATE] == DEPOSIT_FUNDED, EscrowError::StateWrong)?;
    require(bytes_at::<32>(fields, deposit::MINT) == [0; 32], EscrowError::MintWrong)?;
    require(bytes_at::<32>(fields, deposit::FUNDER) == *funder.as_array(), EscrowError::FunderWrong)?;
    require(now >= refundable_at(i64_at(fields, deposit::DEADLINE)), EscrowError::TooEarly)?;
    let sequence = u64_at(fields, deposit::SEQUENCE).wrapping_add(1);
    fields[deposit::STATE] = DEPOSIT_REFUNDED;
    put_i64(fields, deposit::ENDED_AT, now);
    put_u64(fields, deposit::SEQUENCE, sequence);
    Ok((u64_at(fields, deposit::AMOUNT), sequence))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        field::put,
        generated::{DEPOSIT_AWARDED, DEPOSIT_CANCELLED, DEPOSIT_PAID},
    };

    const DEADLINE: i64 = 1_000_000;
    const OPEN: i64 = DEADLINE + 259_200;
    const FUNDER: Address = Address::new_from_array([1; 32]);

    fn funded() -> [u8; deposit::SIZE] {
        let mut fields = [0; deposit::SIZE];
        fields[deposit::STATE] = DEPOSIT_FUNDED;
        put(&mut fields, deposit::FUNDER, FUNDER.as_array());
        put_u64(&mut fields, deposit::AMOUNT, 77);
        put_i64(&mut fields, deposit::DEADLINE, DEADLINE);
        put_u64(&mut fields, deposit::SEQUENCE, 1);
        fields
    }

    #[test]
    fn it_opens_with_the_last_second_of_grace() {
        assert_eq!(settle(&mut funded(), &FUNDER, OPEN - 1), Err(EscrowError::TooEarly.into()));
        let mut fields = funded();
        assert_eq!(settle(&mut fields, &FUNDER, OPEN), Ok((77, 2)));
        assert_eq!((fields[deposit::STATE], i64_at(&fields, deposit::ENDED_AT), u64_at(&fields, deposit::SEQUENCE)), (DEPOSIT_REFUNDED, OPEN, 2));
    }

    #[test]
    fn terminal_and_awarded_states_stay() {
        for state in [0, DEPOSIT_AWARDED, DEPOSIT_PAID, DEPOSIT_REFUNDED, DEPOSIT_CANCELLED, 255] {
            let mut fields = funded();
            fields[deposit::STATE] = state;
            assert_eq!(settle(&mut fields, &FUNDER, i64::MAX), Err(EscrowError::StateWrong.into()));
        }
    }

    #[test]
    fn only_the_recorded_funder_and_only_sol() {
        assert_eq!(settle(&mut funded(), &Address::new_from_array([2; 32]), OPEN), Err(EscrowError::FunderWrong.into()));
        let mut token = funded();
        token[deposit::MINT + 31] = 1;
        assert_eq!(settle(&mut token, &FUNDER, OPEN), Err(EscrowError::MintWrong.into()));
    }
}
