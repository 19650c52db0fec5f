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
    let mut administered = None;
    open_administered(program, account, admin, &mut administered)?;
    let Some((fields, now)) = administered else {
        return Err(EscrowError::AdminWrong);
    };
    work(fields, now)?;
    let sequence = u64_at(fields, operator::SEQUENCE).wrapping_add(1);
    put_u64(fields, operator::SEQUENCE, sequence);
    emit(kind, account.address(), sequence, 0);
    Ok(())
}

#[inline(never)]
fn open_administered<'a>(program: &Address, account: &'a mut AccountView, admin: &AccountView, administered: &mut Option<(&'a mut Operator, i64)>) -> Outcome {
    require(admin.is_signer(), EscrowError::SignatureMissing)?;
    let now = now()?;
    let fields = account::operator_mut(account, program)?;
    require(is_same(key_at(fields, operator::ADMIN), admin.address().as_array()), EscrowError::AdminWrong)?;
    *administered = Some((fields, now));
    Ok(())
}
