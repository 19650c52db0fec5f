use crate::{
    administered::with_admin,
    field::put,
    generated::{operator, EscrowError, INSTRUCTION_CHANGE_ADMIN},
    keys::is_operators_key,
    require, Call, Outcome,
};

/// Accounts: operator, admin (signs), new admin (signs). Data: number.
#[inline(never)]
pub fn change_admin(Call { program, accounts, data }: Call) -> Outcome {
    let [account, admin, next] = accounts else {
        return Err(EscrowError::AccountCountWrong);
    };
    require(data.len() == 1, EscrowError::DataLengthWrong)?;
    with_admin(program, account, admin, INSTRUCTION_CHANGE_ADMIN, |fields, _| {
        require(next.is_signer(), EscrowError::SignatureMissing)?;
        require(!is_operators_key(fields, next.address().as_array()), EscrowError::KeysNotDistinct)?;
        put(fields, operator::ADMIN, next.address().as_array());
        Ok(())
    })
}
