use crate::{
    address::{require_canonical, seeds},
    call::call,
    field::{put, put_u64},
    generated::EscrowError,
    require, Outcome,
};
use pinocchio::{
    cpi::Signer,
    instruction::{InstructionAccount, InstructionView},
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
    pub lamports: u64,
    pub space: usize,
    pub owner: &'a Address,
    /// As `require_canonical` takes them.
    pub parts: &'a mut [&'a [u8]],
    pub bump: u8,
}

/// Makes `account`, which the canonical bump leads to, one of `owner`, with exactly `lamports` of `payer` on top of what it already holds: a stranger who
/// sends lamports ahead neither blocks it nor changes what it costs.
#[inline(never)]
pub fn create_account(NewAccount { payer, account, lamports, space, owner, parts, bump }: NewAccount) -> Outcome {
    require_canonical(parts, bump)?;
    let signers = [Signer::from(seeds(parts, bump))];
    let (from, to) = (InstructionAccount::writable_signer(payer.address()), InstructionAccount::writable_signer(account.address()));
    if account.lamports() == 0 {
        let mut data = [0; 52];
        data[0] = CREATE_ACCOUNT;
        put_u64(&mut data, 4, lamports);
        put_u64(&mut data, 12, space as u64);
        put(&mut data, 20, owner.as_array());
        return call(&InstructionView { program_id: &SYSTEM_PROGRAM, accounts: &[from, to], data: &data }, &[payer, account], &signers);
    }
    let mut data = [0; 12];
    data[0] = TRANSFER;
    put_u64(&mut data, 4, lamports);
    call(&InstructionView { program_id: &SYSTEM_PROGRAM, accounts: &[from, InstructionAccount::writable(account.address())], data: &data }, &[payer, account], &[])?;
    data[0] = ALLOCATE;
    put_u64(&mut data, 4, space as u64);
    call(&InstructionView { program_id: &SYSTEM_PROGRAM, accounts: core::slice::from_ref(&to), data: &data }, &[account], &signers)?;
    let mut data = [0; 36];
    data[0] = ASSIGN;
    put(&mut data, 4, owner.as_array());
    call(&InstructionView { program_id: &SYSTEM_PROGRAM, accounts: core::slice::from_ref(&to), data: &data }, &[account], &signers)
}

/// What the accounts of a creating instruction have to be: a payer who signs, a place that is still free, the system program.
#[inline(never)]
pub fn require_creatable(payer: &AccountView, account: &AccountView, system: &AccountView) -> Outcome {
    require(payer.is_signer(), EscrowError::SignatureMissing)?;
    require(payer.is_writable() && account.is_writable(), EscrowError::AccountNotWritable)?;
    // With a signature of its own, any key could stand here: the runtime would not ask where the seeds lead.
    require(!account.is_signer(), EscrowError::AddressSigned)?;
    require(system.address() == &SYSTEM_PROGRAM, EscrowError::SystemProgramWrong)?;
    require(account.owned_by(&SYSTEM_PROGRAM) && account.is_data_empty(), EscrowError::AccountExists)
}
