//! Where the runtime starts. It reads what pinocchio's entry point reads, in a loop instead of code for each account, and
//! refuses an account too many instead of skipping it.

use crate::{generated::EscrowError, process_instruction, Call};
use core::{mem::MaybeUninit, slice};
use pinocchio::{
    account::{RuntimeAccount, MAX_PERMITTED_DATA_INCREASE, NOT_BORROWED},
    AccountView, Address,
};

/// As many as the longest instruction takes.
const MAX_ACCOUNTS: usize = 8;

/// # Safety
///
/// `input` is what the runtime passes: the number of accounts, each account or the index of the one that it repeats, the
/// length of the data, the data, the program's address.
#[no_mangle]
pub unsafe extern "C" fn entrypoint(input: *mut u8) -> u64 {
    let mut accounts = [const { MaybeUninit::<AccountView>::uninit() }; MAX_ACCOUNTS];
    let first = accounts.as_mut_ptr() as *mut AccountView;
    let count = *(input as *const u64) as usize;
    if count > MAX_ACCOUNTS {
        return EscrowError::AccountCountWrong as u64;
    }
    let mut input = input.add(size_of::<u64>());
    for index in 0..count {
        let account = input as *mut RuntimeAccount;
        // A repeated account is its index and padding; a whole one ends with the epoch of its rent: 8 bytes either way.
        input = input.add(size_of::<u64>());
        let view = if (*account).borrow_state == NOT_BORROWED {
            input = input.add(size_of::<RuntimeAccount>() + MAX_PERMITTED_DATA_INCREASE + (*account).data_len as usize);
            input = input.add(input.align_offset(align_of::<u64>()));
            AccountView::new_unchecked(account)
        } else {
            *first.add((*account).borrow_state as usize)
        };
        first.add(index).write(view);
    }
    let length = *(input as *const u64) as usize;
    let data = input.add(size_of::<u64>());
    let call = Call { program: &*(data.add(length) as *const Address), accounts: slice::from_raw_parts_mut(first, count), data: slice::from_raw_parts(data, length) };
    match process_instruction(call) {
        Ok(()) => 0,
        Err(error) => error as u64,
    }
}
