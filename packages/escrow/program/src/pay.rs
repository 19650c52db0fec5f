//! The one way that money leaves a deposit by.

use crate::{
    account::Deposit,
    event::emit,
    field::{is_same, key_at, put_u64, same, u64_at},
    generated::{deposit, EscrowError, TOKEN_PROGRAM},
    keys::NOBODY,
    require, Call, Outcome,
    token::{take_from_vault, Taken},
};
use pinocchio::AccountView;

/// How the instructions that pay are laid out: the deposit comes first; behind their own accounts come vault, mint, token
/// account and token program, and behind their own data the bump of the canonical token account: all for a token, none for SOL.
pub struct Form {
    pub accounts: u8,
    pub data: u8,
    /// Which account is paid.
    pub receiver: u8,
}

/// Pays and tells the log. `fields` are those of the first account, with all that the payment changes but their sequence.
#[inline(never)]
pub fn pay_out(call: Call, form: &Form, fields: &mut Deposit, amount: u64) -> Outcome {
    take(&call, form, fields, &Taken::Amount(amount))?;
    let sequence = u64_at(fields, deposit::SEQUENCE).wrapping_add(1);
    put_u64(fields, deposit::SEQUENCE, sequence);
    if let (Some(kind), Some(account)) = (call.data.first(), call.accounts.first()) {
        emit(*kind, account.address(), sequence, amount);
    }
    Ok(())
}

/// Everything leaves the vault, if there is one, and the deposit account.
#[inline(never)]
pub fn take(call: &Call, form: &Form, fields: &Deposit, taken: &Taken) -> Outcome {
    let (Some((own, token)), Some((_, bump))) = (call.accounts.split_at_checked(form.accounts as usize), call.data.split_at_checked(form.data as usize)) else {
        return Err(EscrowError::AccountCountWrong);
    };
    let (Some(deposit), Some(receiver)) = (own.first(), own.get(form.receiver as usize)) else {
        return Err(EscrowError::AccountCountWrong);
    };
    let mint = key_at(fields, deposit::MINT);
    match (token, bump) {
        ([], []) => require(same(mint, &NOBODY), EscrowError::MintWrong)?,
        ([vault, coin, destination, token_program], [bump]) => {
            require(is_same(token_program.address().as_array(), TOKEN_PROGRAM.as_array()), EscrowError::TokenProgramWrong)?;
            require(is_same(mint, coin.address().as_array()), EscrowError::MintWrong)?;
            take_from_vault(call.program, deposit, receiver, fields[deposit::VAULT_BUMP], [vault, coin, destination], *bump, *taken)?;
        }
        ([] | [_, _, _, _], _) => return Err(EscrowError::DataLengthWrong),
        _ => return Err(EscrowError::AccountCountWrong),
    }
    let lamports = match *taken {
        Taken::Amount(amount) if token.is_empty() => amount,
        Taken::Amount(_) => return Ok(()),
        Taken::Everything => deposit.lamports(),
    };
    move_lamports(*deposit, *receiver, lamports)
}

/// What does not go to a winner goes back to who gave it.
#[inline(never)]
pub fn require_funder(fields: &Deposit, account: &AccountView) -> Outcome {
    require(is_same(key_at(fields, deposit::FUNDER), account.address().as_array()), EscrowError::FunderWrong)
}

/// Lamports out of an account of the program, never more than are there.
#[inline(always)]
fn move_lamports(mut account: AccountView, mut receiver: AccountView, lamports: u64) -> Outcome {
    require(receiver.is_writable(), EscrowError::AccountNotWritable)?;
    require(account.lamports() >= lamports, EscrowError::BalanceBroken)?;
    account.set_lamports(account.lamports() - lamports);
    // All lamports there are fit in 64 bits.
    receiver.set_lamports(receiver.lamports().wrapping_add(lamports));
    Ok(())
}
