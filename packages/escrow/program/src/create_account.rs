use crate::{generated::EscrowError, require};
use pinocchio::{
    cpi::{Seed, Signer},
    AccountView, Address, ProgramResult,
};
use pinocchio_system::instructions::{Allocate, Assign, CreateAccount, Transfer};

/// Makes `account` one of `program`, with exactly `lamports` of `payer` on top of what it already holds: a stranger who
/// sends lamports ahead neither blocks it nor changes what it costs.
#[inline(always)]
pub fn create_account(payer: &AccountView, account: &AccountView, lamports: u64, space: usize, program: &Address, seeds: &[Seed]) -> ProgramResult {
    let signers = [Signer::from(seeds)];
    if account.lamports() == 0 {
        return CreateAccount { from: payer, to: account, lamports, space: space as u64, owner: program }.invoke_signed(&signers);
    }
    Transfer { from: payer, to: account, lamports }.invoke()?;
    Allocate { account, space: space as u64 }.invoke_signed(&signers)?;
    Assign { account, owner: program }.invoke_signed(&signers)
}

/// What the accounts of a creating instruction have to be: a payer who signs, a place that is still free, the system program.
#[inline(always)]
pub fn require_creatable(payer: &AccountView, account: &AccountView, system: &AccountView) -> ProgramResult {
    require(payer.is_signer(), EscrowError::SignatureMissing)?;
    require(payer.is_writable() && account.is_writable(), EscrowError::AccountNotWritable)?;
    // With a signature of its own, any key could stand here: the runtime would not ask where the seeds lead.
    require(!account.is_signer(), EscrowError::AddressSigned)?;
    require(system.address() == &pinocchio_system::ID, EscrowError::SystemProgramWrong)?;
    require(account.owned_by(&pinocchio_system::ID) && account.is_data_empty(), EscrowError::AccountExists)
}
