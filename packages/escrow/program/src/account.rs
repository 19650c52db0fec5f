use crate::{
    generated::{deposit, identity, operator, EscrowError, ACCOUNT_VERSION},
    require, Outcome,
};
use pinocchio::{
    account::{Ref, RefMut},
    AccountView, Address,
};

pub type Operator = [u8; operator::SIZE];
pub type Identity = [u8; identity::SIZE];
pub type Deposit = [u8; deposit::SIZE];

/// The bytes of an operator account, after owner, length, discriminator and version. Its address needs no check of its
/// own, nor do the others': only the program makes such accounts, and only where their seeds lead.
#[inline(never)]
pub fn operator<'a>(account: &'a AccountView, program: &Address) -> Outcome<Ref<'a, Operator>> {
    read(account, program, operator::DISCRIMINATOR)
}

#[inline(never)]
pub fn operator_mut<'a>(account: &'a mut AccountView, program: &Address) -> Outcome<RefMut<'a, Operator>> {
    write(account, program, operator::DISCRIMINATOR)
}

#[inline(never)]
pub fn identity<'a>(account: &'a AccountView, program: &Address) -> Outcome<Ref<'a, Identity>> {
    read(account, program, identity::DISCRIMINATOR)
}

#[inline(never)]
pub fn identity_mut<'a>(account: &'a mut AccountView, program: &Address) -> Outcome<RefMut<'a, Identity>> {
    write(account, program, identity::DISCRIMINATOR)
}

#[inline(never)]
pub fn deposit_mut<'a>(account: &'a mut AccountView, program: &Address) -> Outcome<RefMut<'a, Deposit>> {
    write(account, program, deposit::DISCRIMINATOR)
}

#[inline(always)]
fn read<'a, const N: usize>(account: &'a AccountView, program: &Address, discriminator: u8) -> Outcome<Ref<'a, [u8; N]>> {
    Ref::try_map(open(account, program, discriminator)?, |data| <&[u8; N]>::try_from(data)).map_err(|_| EscrowError::AccountKindWrong)
}

#[inline(always)]
fn write<'a, const N: usize>(account: &'a mut AccountView, program: &Address, discriminator: u8) -> Outcome<RefMut<'a, [u8; N]>> {
    RefMut::try_map(open_mut(account, program, discriminator)?, |data| <&mut [u8; N]>::try_from(data)).map_err(|_| EscrowError::AccountKindWrong)
}

#[inline(never)]
fn open<'a>(account: &'a AccountView, program: &Address, discriminator: u8) -> Outcome<Ref<'a, [u8]>> {
    require(account.owned_by(program), EscrowError::AccountOwnerWrong)?;
    let data = account.try_borrow()?;
    require_kind(&data, discriminator)?;
    Ok(data)
}

/// An account that the transaction may not change is refused here and not by the runtime in the end.
#[inline(never)]
fn open_mut<'a>(account: &'a mut AccountView, program: &Address, discriminator: u8) -> Outcome<RefMut<'a, [u8]>> {
    require(account.is_writable(), EscrowError::AccountNotWritable)?;
    require(account.owned_by(program), EscrowError::AccountOwnerWrong)?;
    let data = account.try_borrow_mut()?;
    require_kind(&data, discriminator)?;
    Ok(data)
}

#[inline(always)]
fn require_kind(data: &[u8], discriminator: u8) -> Outcome {
    let [kind, version, ..] = *data else {
        return Err(EscrowError::AccountKindWrong);
    };
    require(kind == discriminator, EscrowError::AccountKindWrong)?;
    require(version == ACCOUNT_VERSION, EscrowError::AccountVersionWrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kind_and_version_are_checked() {
        let check = |discriminator, version| require_kind(&[discriminator, version, 0], operator::DISCRIMINATOR);
        assert_eq!(check(1, 1), Ok(()));
        assert_eq!(check(0, 1), Err(EscrowError::AccountKindWrong));
        assert_eq!(check(3, 1), Err(EscrowError::AccountKindWrong));
        assert_eq!(check(1, 2), Err(EscrowError::AccountVersionWrong));
        assert_eq!(require_kind(&[1], 1), Err(EscrowError::AccountKindWrong));
    }
}
