// Passkeys: shows their button where the browser knows them, and says in words when one was not used.
// The ceremony itself is in the scripts of django-allauth, which this one starts.
(() => {
  const use = document.currentScript.dataset.use;
  const button = document.getElementById("passkey_login");
  const error = document.getElementById("passkey_error");
  if (!button || !window.PublicKeyCredential) return;
  button.hidden = false;
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    error.hidden = false;
  });
  button.addEventListener("click", () => {
    error.hidden = true;
  });
  const ids = {
    login: "passkey_login",
    authenticate: "passkey_login",
    add: "passkey_login",
    credential: "passkey_credential",
    passwordless: "passkey_alone",
    data: "passkey_data",
  };
  window.allauth.webauthn.forms[use]({ ids });
})();
