use crate::{
    address::{require_canonical, seeds},
    call::{call, call_here, Message, Party},
    field::{put, put_u64, same},
    generated::EscrowError,
    require, Outcome,
    terms::reserve,
};
use pinocchio::{
    cpi::Signer,
    sysvars::{rent::Rent, Sysvar},
    AccountView, Address,
};

pub static SYSTEM_PROGRAM: Address = Address::new_from_array([0; 32]);

const CREATE_ACCOUNT: u8 = 0;
const ASSIGN: u8 = 1;
const TRANSFER: u8 = 2;
const ALLOCATE: u8 = 8;

pub struct NewAccount<'a> {
    pub payer: &'a AccountView,
    pub account: &'a AccountView,
    pub system: &'a AccountView,
    /// Lamports besides the reserve: none, or as many as keep an empty account alive.
    pub amount: u64,
    pub space: usize,
    pub owner: &'a Address,
    /// As `require_canonical` takes them.
    pub parts: &'a mut [&'a [u8]],
    pub bump: u8,
}

/// Makes `account`, which the canonical bump leads to, one of `owner`, with exactly its reserve and `amount` of `payer` on
/// top of what it already holds: a stranger who sends lamports ahead neither blocks it nor changes what it costs.
#[inline(never)]
pub fn create_account(NewAccount { payer, account, system, amount, space, owner, parts, bump }: NewAccount) -> Outcome {
    require_creatable(payer, account, system)?;
    let rent = Rent::get()?;
    // The first of the two checks that the rate is one to multiply with.
    let lamports = lamports_for(amount, reserve(0, rent.try_minimum_balance(0)?), reserve(space, rent.minimum_balance_unchecked(space)))?;
    require(payer.lamports() >= lamports, EscrowError::FundsTooSmall)?;
    require_canonical(parts, bump)?;
    let signers = [Signer::from(seeds(parts))];
    let pair = [Party::new(payer, true, true), Party::new(account, true, true)];
    if account.lamports() == 0 {
        let mut data = [0; 52];
        data[0] = CREATE_ACCOUNT;
        put_u64(&mut data, 4, lamports);
        put_u64(&mut data, 12, space as u64);
        put(&mut data, 20, owner.as_array());
        return call_here(&Message { program: &SYSTEM_PROGRAM, data: &data }, &pair, &signers);
    }
    let mut data = [0; 12];
    data[0] = TRANSFER;
    put_u64(&mut data, 4, lamports);
    call(&Message { program: &SYSTEM_PROGRAM, data: &data }, &pair, &signers)?;
    data[0] = ALLOCATE;
    put_u64(&mut data, 4, space as u64);
    call(&Message { program: &SYSTEM_PROGRAM, data: &data }, &pair[1..], &signers)?;
    let mut data = [0; 36];
    data[0] = ASSIGN;
    put(&mut data, 4, owner.as_array());
    call(&Message { program: &SYSTEM_PROGRAM, data: &data }, &pair[1..], &signers)
}

/// What the accounts of a creating instruction have to be: a payer who signs, a place that is still free, the system program.
#[inline(always)]
fn require_creatable(payer: &AccountView, account: &AccountView, system: &AccountView) -> Outcome {
    require(payer.is_signer(), EscrowError::SignatureMissing)?;
    require(payer.is_writable() && account.is_writable(), EscrowError::AccountNotWritable)?;
    // With a signature of its own, any key could stand here: the runtime would not ask where the seeds lead.
    require(!account.is_signer(), EscrowError::AddressSigned)?;
    require(same(system.address().as_array(), SYSTEM_PROGRAM.as_array()), EscrowError::SystemProgramWrong)?;
    require(same(account.owner().as_array(), SYSTEM_PROGRAM.as_array()) && account.is_data_empty(), EscrowError::AccountExists)
}

#[inline(always)]
fn lamports_for(amount: u64, smallest: u64, reserve: u64) -> Outcome<u64> {
    require(amount == 0 || amount >= smallest, EscrowError::AmountTooSmall)?;
    let lamports = amount.wrapping_add(reserve);
    require(lamports >= amount, EscrowError::AmountTooLarge)?;
    Ok(lamports)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_comes_on_top_of_the_reserve_and_is_never_too_small_to_leave_again() {
        assert_eq!(lamports_for(0, 9, 100), Ok(100));
        assert_eq!(lamports_for(8, 9, 100), Err(EscrowError::AmountTooSmall));
        assert_eq!(lamports_for(9, 9, 100), Ok(109));
        assert_eq!(lamports_for(u64::MAX - 99, 9, 100), Err(EscrowError::AmountTooLarge));
    }
}
