use crate::{
    generated::{deposit, operator, EscrowError, ACCOUNT_VERSION},
    require,
};
use pinocchio::{
    account::{Ref, RefMut},
    error::ProgramError,
    AccountView, Address,
};

/// The bytes of an operator account, after owner, length, discriminator and version.
#[inline(always)]
pub fn operator<'a>(account: &'a AccountView, program: &Address) -> Result<Ref<'a, [u8]>, ProgramError> {
    require(account.owned_by(program), EscrowError::AccountOwnerWrong)?;
    let data = account.try_borrow()?;
    require_kind(&data, operator::DISCRIMINATOR, operator::SIZE)?;
    Ok(data)
}

/// The bytes of a deposit account, after the same checks. Its address needs none: only the program makes such accounts,
/// and only where their seeds lead.
#[inline(always)]
pub fn deposit<'a>(account: &'a mut AccountView, program: &Address) -> Result<RefMut<'a, [u8]>, ProgramError> {
    require(account.owned_by(program), EscrowError::AccountOwnerWrong)?;
    let data = account.try_borrow_mut()?;
    require_kind(&data, deposit::DISCRIMINATOR, deposit::SIZE)?;
    Ok(data)
}

#[inline(always)]
fn require_kind(data: &[u8], discriminator: u8, size: usize) -> Result<(), ProgramError> {
    require(data.len() == size && data[0] == discriminator, EscrowError::AccountKindWrong)?;
    require(data[1] == ACCOUNT_VERSION, EscrowError::AccountVersionWrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(discriminator: u8, version: u8) -> [u8; operator::SIZE] {
        let mut data = [0; operator::SIZE];
        data[0] = discriminator;
        data[1] = version;
        data
    }

    #[test]
    fn kind_and_version_are_checked() {
        let check = |data: &[u8]| require_kind(data, operator::DISCRIMINATOR, operator::SIZE);
        assert_eq!(check(&bytes(1, 1)), Ok(()));
        assert_eq!(check(&bytes(0, 1)), Err(EscrowError::AccountKindWrong.into()));
        assert_eq!(check(&bytes(3, 1)), Err(EscrowError::AccountKindWrong.into()));
        assert_eq!(check(&bytes(1, 2)), Err(EscrowError::AccountVersionWrong.into()));
        assert_eq!(check(&bytes(1, 1)[1..]), Err(EscrowError::AccountKindWrong.into()));
        assert_eq!(check(&[]), Err(EscrowError::AccountKindWrong.into()));
    }
}
