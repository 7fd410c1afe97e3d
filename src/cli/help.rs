//! Help texts, in Brazilian Portuguese: one line for each command and argument, an example for each
//! command.
//!
//! They are tables, applied to clap's tree by path and by id: the code of a command says what it
//! takes, this page says it to people.

use clap::Command;

/// Path of a command, what it does, how it is typed.
const COMMANDS: &[(&str, &str, &str)] = &[
    (
        "",
        "Um POST vira um QR Code: o pareia fica ao lado da Evolution API e conecta números de WhatsApp.",
        "pareia demo",
    ),
    (
        "serve",
        "Roda o servidor: a API HTTP e a página",
        "pareia serve --listen 127.0.0.1:3000 --data /var/lib/pareia",
    ),
    ("demo", "Mostra tudo funcionando num só processo, com uma Evolution API simulada", "pareia demo --once"),
    (
        "sim",
        "Roda só a Evolution API simulada, para testar integrações",
        "pareia sim --listen 127.0.0.1:8080 --api-key minha-chave --api-version 2.3.7",
    ),
    ("user", "Pessoas e programas que são donos de instâncias", "pareia user add loja"),
    ("user add", "Cria um usuário", "pareia user add loja"),
    ("user list", "Lista os usuários", "pareia user list --json"),
    (
        "user password",
        "Define a senha de um usuário na página e encerra as sessões dele",
        "pareia user password ana",
    ),
    (
        "user remove",
        "Remove um usuário e os tokens dele",
        "pareia user remove loja --instances-to outra-loja",
    ),
    ("token", "Tokens da API HTTP", "pareia token create loja"),
    (
        "token create",
        "Cria um token e o imprime, uma única vez",
        "TOKEN=$(pareia token create loja --name site --expires 365)",
    ),
    ("token list", "Lista os tokens, sem mostrá-los", "pareia token list"),
    ("token revoke", "Revoga um token na hora", "pareia token revoke t3k9x0a7m2c5v8b1n4q6w0e2"),
    ("credential", "Servidores Evolution e as chaves deles", "pareia credential list"),
    (
        "credential add",
        "Cadastra um servidor Evolution e imprime o id da credencial",
        "pareia credential add --type whatsapp_evolution --base-url http://localhost:8080 \
         --api-token-file chave.txt",
    ),
    ("credential list", "Lista as credenciais, sem as chaves", "pareia credential list --json"),
    (
        "credential test",
        "Confere se o servidor responde e se a chave é a global dele",
        "pareia credential test cred_lab",
    ),
    ("credential enable", "Ativa uma credencial", "pareia credential enable cred_lab"),
    (
        "credential disable",
        "Desativa uma credencial; as instâncias passam para outra na próxima chamada",
        "pareia credential disable cred_lab",
    ),
    ("credential remove", "Remove uma credencial", "pareia credential remove cred_lab --force"),
    (
        "credential rotate",
        "Troca só a chave de uma credencial",
        "pareia credential rotate cred_lab --api-token-stdin < chave.txt",
    ),
    (
        "credential webhook",
        "Mostra o que colar na Evolution para ela avisar o pareia assim que algo muda",
        "pareia credential webhook cred_lab --public-url https://zap.loja.com.br",
    ),
    ("instance", "Instâncias de WhatsApp", "pareia instance list"),
    ("instance list", "Lista as instâncias", "pareia instance list --user loja"),
    ("instance show", "Mostra uma instância", "pareia instance show my-store --json"),
    (
        "instance connect",
        "Cria ou reconecta uma instância e desenha o QR Code aqui, até o celular conectar",
        "pareia instance connect my-store --user loja --phone 5521991856227",
    ),
    (
        "instance link",
        "Imprime um link que mostra o QR Code desta instância a quem o abrir, sem login",
        "pareia instance link my-store --minutes 60",
    ),
    ("instance logout", "Desconecta o celular da instância", "pareia instance logout my-store"),
    (
        "instance restart",
        "Reinicia a conexão de uma instância (Evolution 2.x)",
        "pareia instance restart my-store",
    ),
    (
        "instance delete",
        "Apaga uma instância na Evolution e aqui; pode ser repetido se falhar",
        "pareia instance delete my-store --yes",
    ),
];

/// Id of an argument, what it is. A command before the id makes it that command's alone.
const ARGUMENTS: &[(&str, &str)] = &[
    ("data", "Pasta de dados (padrão: $XDG_DATA_HOME/pareia ou ~/.local/share/pareia)"),
    ("json", "Saída em JSON, para programas"),
    ("user add name", "Nome: 1 a 64 de A-Z a-z 0-9 . _ -, começando com letra ou número"),
    (
        "admin",
        "Administra servidores, usuários e tokens, e pode adotar instâncias já conectadas na Evolution",
    ),
    (
        "role",
        "O que o usuário pode: administrator (tudo), operator (vê e conecta tudo) ou owner (só o que é dele)",
    ),
    ("user password name", "Nome do usuário"),
    ("user remove name", "Nome do usuário"),
    ("instances_to", "Usuário que fica com as instâncias"),
    ("user", "Nome do usuário"),
    ("token create name", "Para que serve o token"),
    ("expires", "Dias até expirar, de 1 a 3650 (padrão: não expira)"),
    ("token revoke id", "Id do token, como em: pareia token list"),
    ("channel", "Tipo do canal: whatsapp_evolution"),
    ("base_url", "Endereço do servidor Evolution, por exemplo http://localhost:8080"),
    ("api_token_stdin", "Lê a chave global (AUTHENTICATION_API_KEY) da entrada padrão"),
    ("api_token_file", "Lê a chave global deste arquivo"),
    ("credential add id", "Id da credencial (padrão: cred_ e letras ao acaso)"),
    ("credential add name", "Nome para as listas (padrão: o id)"),
    (
        "credential webhook public_url",
        "Endereço pelo qual a Evolution alcança o pareia (padrão: o que o serve usou por último)",
    ),
    ("id", "Id da credencial, como em: pareia credential list"),
    ("force", "Remove mesmo com instâncias que a usam"),
    ("instance show name", "Nome da instância (channelInstanceId), ou id dela"),
    ("instance link name", "Nome da instância, ou id dela"),
    ("instance logout name", "Nome da instância, ou id dela"),
    ("instance restart name", "Nome da instância, ou id dela"),
    ("instance delete name", "Nome da instância, ou id dela"),
    ("minutes", "Minutos que o link vale, de 1 a 1440"),
    ("keep_upstream", "Esquece só o registro daqui; na Evolution a instância fica como está"),
    ("yes", "Não pergunta"),
    ("instance connect name", "Nome da instância: 1 a 64 de A-Z a-z 0-9 . _ -"),
    ("phone", "Telefone com código do país, por exemplo 5521991856227"),
    ("pairing_code", "Pede também o código de 8 letras que se digita no celular"),
    ("instance connect once", "Desenha o QR Code e sai, sem acompanhar"),
    ("listen", "Endereço e porta; a porta 0 escolhe uma livre"),
    ("public_url", "Endereço que as pessoas usam, por exemplo https://zap.loja.com.br"),
    ("qr_timeout", "Segundos que uma chamada espera pelo QR Code, de 1 a 120"),
    ("trusted_proxy", "IPs ou faixas CIDR dos proxies à frente, separados por vírgula"),
    ("demo once", "Roda os cenários e os casos de erro do fluxo, uma linha para cada, e sai"),
    ("pair_after", "Segundos até o celular simulado ler o QR Code"),
    ("api_key", "Chave que o simulador aceita"),
    ("api_version", "Versão que o simulador imita: 2.3.7 ou 1.8.2"),
    ("qrcode_limit", "QR Codes até o simulador desistir, como QRCODE_LIMIT na Evolution"),
    ("instant", "Sem as esperas que o servidor real tem"),
    ("whatsapp", "O que o WhatsApp faz com o simulador: responde, recusa ou trava"),
    ("slow", "Milissegundos a mais em cada resposta"),
    ("licence_required", "Pede ativação da licença, como a 2.4"),
    ("hide_tokens", "Não mostra os tokens na lista, como AUTHENTICATION_EXPOSE_IN_FETCH_INSTANCES=false"),
    ("del_instance", "Minutos até apagar uma instância nunca pareada, como DEL_INSTANCE; 0 e 1: nunca"),
    ("speed", "Quantas vezes mais rápido que o real o tempo simulado corre"),
];

/// Gives the tree its texts.
pub fn dress(tree: Command) -> Command {
    dressed(tree.disable_help_subcommand(true), "")
}

fn dressed(command: Command, path: &str) -> Command {
    let mut command = command
        .mut_args(|argument| {
            let help = argument_help(path, argument.get_id().as_str());
            argument.help(help.unwrap_or_default()).hide_env_values(true)
        })
        .mut_subcommands(|child| {
            let path = format!("{path} {}", child.get_name());
            dressed(child.disable_help_subcommand(true), path.trim_start())
        });
    if let Some((_, about, example)) = COMMANDS.iter().find(|(of, ..)| *of == path) {
        command = command.about(*about).after_help(format!("Exemplo:\n  {example}"));
    }
    command
}

/// The command's own text for the argument, else the one for every command.
fn argument_help(path: &str, id: &str) -> Option<&'static str> {
    let own = format!("{path} {id}");
    let of = |wanted: &str| ARGUMENTS.iter().find(|(id, _)| *id == wanted).map(|(_, help)| *help);
    of(&own).or_else(|| of(id))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn walk(command: &Command, path: &str, seen: &mut dyn FnMut(&str, &Command)) {
        seen(path, command);
        for child in command.get_subcommands() {
            walk(child, format!("{path} {}", child.get_name()).trim_start(), seen);
        }
    }

    #[test]
    fn every_command_and_argument_has_its_text_and_no_text_is_left_over() {
        let (mut commands, mut arguments) = (Vec::new(), Vec::new());
        let tree = super::super::Cli::command();
        walk(&tree, "", &mut |path, command| {
            assert!(COMMANDS.iter().any(|(of, ..)| *of == path), "no text for {path:?}");
            commands.push(path.to_owned());
            for argument in command.get_arguments() {
                let id = argument.get_id().as_str();
                assert!(argument_help(path, id).is_some(), "no text for {id:?} of {path:?}");
                arguments.extend([format!("{path} {id}").trim_start().to_owned(), id.to_owned()]);
            }
        });
        for (path, ..) in COMMANDS {
            assert!(commands.iter().any(|c| c == path), "no command {path:?}");
        }
        for (id, _) in ARGUMENTS {
            assert!(arguments.iter().any(|a| a == id), "no argument {id:?}");
        }
        dress(tree).debug_assert();
    }
}
