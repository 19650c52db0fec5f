use crate::{
    generated::{deposit, identity, operator, EscrowError, ACCOUNT_VERSION},
    require, Outcome,
};
use pinocchio::{AccountView, Address};

pub type Operator = [u8; operator::SIZE];
pub type Identity = [u8; identity::SIZE];
pub type Deposit = [u8; deposit::SIZE];

/// The bytes of an operator account, after owner, kind, version and length. Its address needs no check of its own, nor do
/// the others': only the program makes such accounts, and only where their seeds lead.
#[inline(always)]
pub fn operator<'a>(account: &'a AccountView, program: &Address) -> Outcome<&'a Operator> {
    open(account, program, operator::DISCRIMINATOR, operator::SIZE, false)?;
    // SAFETY: `open` found that many bytes and marked them as being read.
    Ok(unsafe { &*account.data_ptr().cast() })
}

#[inline(always)]
pub fn operator_mut<'a>(account: &'a mut AccountView, program: &Address) -> Outcome<&'a mut Operator> {
    open(account, program, operator::DISCRIMINATOR, operator::SIZE, true)?;
    // SAFETY: `open` found that many bytes and marked them as being written.
    Ok(unsafe { &mut *account.data_mut_ptr().cast() })
}

#[inline(always)]
pub fn identity<'a>(account: &'a AccountView, program: &Address) -> Outcome<&'a Identity> {
    open(account, program, identity::DISCRIMINATOR, identity::SIZE, false)?;
    // SAFETY: as for the operator.
    Ok(unsafe { &*account.data_ptr().cast() })
}

#[inline(always)]
pub fn identity_mut<'a>(account: &'a mut AccountView, program: &Address) -> Outcome<&'a mut Identity> {
    open(account, program, identity::DISCRIMINATOR, identity::SIZE, true)?;
    // SAFETY: as for the operator.
    Ok(unsafe { &mut *account.data_mut_ptr().cast() })
}

#[inline(always)]
pub fn deposit_mut<'a>(account: &'a mut AccountView, program: &Address) -> Outcome<&'a mut Deposit> {
    open(account, program, deposit::DISCRIMINATOR, deposit::SIZE, true)?;
    // SAFETY: as for the operator.
    Ok(unsafe { &mut *account.data_mut_ptr().cast() })
}

/// The bytes of an account that the program just made, with kind and version.
#[inline(always)]
pub fn new_operator(account: &mut AccountView) -> Outcome<&mut Operator> {
    open_new(account, operator::DISCRIMINATOR, operator::SIZE)?;
    // SAFETY: as for the operator.
    Ok(unsafe { &mut *account.data_mut_ptr().cast() })
}

#[inline(always)]
pub fn new_identity(account: &mut AccountView) -> Outcome<&mut Identity> {
    open_new(account, identity::DISCRIMINATOR, identity::SIZE)?;
    // SAFETY: as for the operator.
    Ok(unsafe { &mut *account.data_mut_ptr().cast() })
}

#[inline(always)]
pub fn new_deposit(account: &mut AccountView) -> Outcome<&mut Deposit> {
    open_new(account, deposit::DISCRIMINATOR, deposit::SIZE)?;
    // SAFETY: as for the operator.
    Ok(unsafe { &mut *account.data_mut_ptr().cast() })
}

/// Gives an account that `deposit_mut` opened back to the system, after its lamports are gone.
#[inline(always)]
pub fn close(account: &mut AccountView) {
    // SAFETY: who holds the only view that can reach the bytes, by the mark of `open`, holds no reference to them.
    unsafe { account.close_unchecked() }
}

/// The mark stays until the instruction ends: an account that stands in two places is opened once. Only the answer is
/// returned, because what is wider than a register would have to be inlined everywhere. What the transaction may not change
/// is refused here and not by the runtime in the end.
#[inline(never)]
fn open(account: &AccountView, program: &Address, discriminator: u8, size: usize, writable: bool) -> Outcome {
    require(account.owned_by(program), EscrowError::AccountOwnerWrong)?;
    if writable {
        require(account.is_writable(), EscrowError::AccountNotWritable)?;
        let mut account = *account;
        let data = account.try_borrow_mut()?;
        require_kind(&data, discriminator, size)?;
        core::mem::forget(data);
    } else {
        let data = account.try_borrow()?;
        require_kind(&data, discriminator, size)?;
        core::mem::forget(data);
    }
    Ok(())
}

#[inline(never)]
fn open_new(account: &mut AccountView, discriminator: u8, size: usize) -> Outcome {
    let mut data = account.try_borrow_mut()?;
    require(data.len() == size, EscrowError::AccountKindWrong)?;
    if let [kind, version, ..] = &mut *data {
        (*kind, *version) = (discriminator, ACCOUNT_VERSION);
    }
    core::mem::forget(data);
    Ok(())
}

#[inline(always)]
fn require_kind(data: &[u8], discriminator: u8, size: usize) -> Outcome {
    let [kind, version, ..] = *data else {
        return Err(EscrowError::AccountKindWrong);
    };
    require(kind == discriminator, EscrowError::AccountKindWrong)?;
    require(version == ACCOUNT_VERSION, EscrowError::AccountVersionWrong)?;
    require(data.len() == size, EscrowError::AccountKindWrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kind_and_version_are_checked() {
        let check = |discriminator, version| require_kind(&[discriminator, version, 0], operator::DISCRIMINATOR, 3);
        assert_eq!(check(1, 1), Ok(()));
        assert_eq!(check(0, 1), Err(EscrowError::AccountKindWrong));
        assert_eq!(check(3, 1), Err(EscrowError::AccountKindWrong));
        assert_eq!(check(1, 2), Err(EscrowError::AccountVersionWrong));
        assert_eq!(require_kind(&[1], 1, 1), Err(EscrowError::AccountKindWrong));
        assert_eq!(require_kind(&[1, 1, 0], 1, 4), Err(EscrowError::AccountKindWrong));
    }
}
