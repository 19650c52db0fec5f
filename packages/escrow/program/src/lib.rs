//! Escrow for bounties: one account per deposit, nothing pooled. What each instruction promises stands in its file.
#![no_std]

mod account;
mod address;
mod administered;
mod attestation;
mod award;
mod call;
mod cancel;
mod cancel_change;
mod change_admin;
mod change_wallet;
mod clock;
mod close;
mod create_account;
mod create_operator;
mod decision;
mod disable_keys;
mod effective_wallet;
mod entrypoint;
mod event;
mod field;
mod fund;
mod fund_sol;
mod fund_token;
pub mod generated;
mod keys;
mod link_identity;
mod linked;
mod pay;
mod payout;
mod refund;
mod schedule_keys;
mod settle_change;
mod shares;
mod terms;
mod token;
mod unlink_identity;
mod veto;

use generated::EscrowError;
use pinocchio::{error::ProgramError, no_allocator, nostd_panic_handler, AccountView, Address};

no_allocator!();
nostd_panic_handler!();

/// What an instruction gets: more than this backend passes as separate arguments.
pub struct Call<'a> {
    pub program: &'a Address,
    pub accounts: &'a mut [AccountView],
    pub data: &'a [u8],
}

/// A function of its own, so that each line of it is a call and nothing else.
#[inline(never)]
pub fn process_instruction(call: Call) -> Outcome {
    let Some(number) = call.data.first() else {
        return Err(EscrowError::InstructionUnknown);
    };
    match *number {
        generated::INSTRUCTION_CREATE_OPERATOR => create_operator::create_operator(call),
        generated::INSTRUCTION_CHANGE_ADMIN => change_admin::change_admin(call),
        generated::INSTRUCTION_SCHEDULE_KEYS => schedule_keys::schedule_keys(call),
        generated::INSTRUCTION_DISABLE_KEYS => disable_keys::disable_keys(call),
        generated::INSTRUCTION_LINK_IDENTITY => link_identity::link_identity(call),
        generated::INSTRUCTION_CHANGE_WALLET => change_wallet::change_wallet(call),
        generated::INSTRUCTION_CANCEL_CHANGE => cancel_change::cancel_change(call),
        generated::INSTRUCTION_SETTLE_CHANGE => settle_change::settle_change(call),
        generated::INSTRUCTION_UNLINK_IDENTITY => unlink_identity::unlink_identity(call),
        generated::INSTRUCTION_FUND_SOL => fund_sol::fund_sol(call),
        generated::INSTRUCTION_FUND_TOKEN => fund_token::fund_token(call),
        generated::INSTRUCTION_AWARD => award::award(call),
        generated::INSTRUCTION_VETO => veto::veto(call),
        generated::INSTRUCTION_PAYOUT => payout::payout(call),
        generated::INSTRUCTION_CANCEL => cancel::cancel(call),
        generated::INSTRUCTION_REFUND => refund::refund(call),
        generated::INSTRUCTION_CLOSE => close::close(call),
        _ => Err(EscrowError::InstructionUnknown),
    }
}

/// What pinocchio refuses here is an account that is borrowed already: a failed call of another program ends the transaction
/// by itself, clock and rent are always there, and no cluster asks for more rent than can be multiplied.
impl From<ProgramError> for EscrowError {
    fn from(_: ProgramError) -> Self {
        EscrowError::AccountTwice
    }
}

impl TryFrom<u32> for EscrowError {
    type Error = u32;

    fn try_from(number: u32) -> Result<Self, u32> {
        generated::ERRORS.into_iter().find(|error| *error as u32 == number).ok_or(number)
    }
}

/// One number, so that it goes through a register where the runtime's own errors would go through memory.
pub type Outcome<T = ()> = Result<T, EscrowError>;

/// `Ok` where the condition holds, the error where it doesn't.
#[inline(always)]
fn require(condition: bool, error: EscrowError) -> Outcome {
    if condition {
        Ok(())
    } else {
        Err(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_number_comes_back_as_its_error() {
        for error in generated::ERRORS {
            assert_eq!(EscrowError::try_from(error as u32), Ok(error));
        }
        assert_eq!(EscrowError::try_from(0), Err(0));
    }

    #[test]
    fn unknown_instructions_are_refused() {
        for data in [&[][..], &[0], &[18], &[255, 1, 2]] {
            assert_eq!(process_instruction(Call { program: &Address::new_from_array([1; 32]), accounts: &mut [], data }), Err(EscrowError::InstructionUnknown));
        }
    }
}
