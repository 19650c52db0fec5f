//! What the three instructions of the admin have in common.

use crate::{
    account::{self, Operator},
    clock::now,
    event::emit,
    field::{is_same, key_at, put_u64, u64_at},
    generated::{operator, EscrowError},
    require, Outcome,
};
use pinocchio::{AccountView, Address};

/// Opens the operator account for its admin, lets `work` change it, and tells the log.
#[inline(always)]
pub fn with_admin(program: &Address, account: &mut AccountView, admin: &AccountView, kind: u8, work: impl FnOnce(&mut Operator, i64) -> Outcome) -> Outcome {
    require(admin.is_signer(), EscrowError::SignatureMissing)?;
    let now = now()?;
    let sequence = {
        let mut fields = account::operator_mut(account, program)?;
        require(is_same(key_at(&*fields, operator::ADMIN), admin.address().as_array()), EscrowError::AdminWrong)?;
        work(&mut fields, now)?;
        let sequence = u64_at(&*fields, operator::SEQUENCE).wrapping_add(1);
        put_u64(&mut *fields, operator::SEQUENCE, sequence);
        sequence
    };
    emit(kind, account.address(), sequence, 0);
    Ok(())
}
