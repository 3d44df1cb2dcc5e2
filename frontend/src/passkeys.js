// Security keys and fingerprints (WebAuthn): the page brings the options as JSON, the browser asks, the form carries
// the answer. A browser without it never shows the button.
import { whenPresent } from "./dom.js";

const decode = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const encode = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function readable(options) {
  const asked = { ...options.publicKey, challenge: decode(options.publicKey.challenge) };
  if (asked.user) asked.user = { ...asked.user, id: decode(asked.user.id) };
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    asked[list] = asked[list]?.map((one) => ({ ...one, id: decode(one.id) }));
  }
  return asked;
}

function plain(credential) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = encode(credential.response[part]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return {
    id: credential.id,
    rawId: encode(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

async function options(button) {
  if (!button.dataset.passkeyUrl) return JSON.parse(document.getElementById("passkey-options").textContent);
  const answer = await fetch(button.dataset.passkeyUrl, { headers: { Accept: "application/json" } });
  return (await answer.json()).request_options;
}

whenPresent("[data-passkey]", (button) => {
  if (!window.PublicKeyCredential) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const told = document.getElementById("passkey-message");
    try {
      const asked = readable(await options(button));
      const making = button.dataset.passkey === "create";
      const made = await (making ? navigator.credentials.create({ publicKey: asked }) : navigator.credentials.get({ publicKey: asked }));
      const form = document.getElementById(button.getAttribute("form"));
      form.elements.credential.value = JSON.stringify(plain(made));
      form.submit();
    } catch {
      told.textContent = "Chưa xác nhận được. Hãy thử lại, hoặc dùng cách khác.";
    }
  });
});
