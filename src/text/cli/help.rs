//! Help texts: one line for each command and argument, an example for each command. `cli::help` applies them
//! to the commands by path and by id.

use crate::text::language::{Text, either};

/// Above the example of a command.
pub fn example_title() -> &'static str {
    either("Exemplo:", "Example:")
}

/// Path of a command, what it does, how it is typed.
pub const COMMANDS: &[(&str, Text, &str)] = &[
    (
        "",
        Text(
            "Um POST vira um QR Code: o pareia fica ao lado da Evolution API e conecta números de WhatsApp.",
            "A POST becomes a QR code: pareia stands beside Evolution API and connects WhatsApp numbers.",
        ),
        "pareia demo",
    ),
    (
        "serve",
        Text("Roda o servidor: a API HTTP e a página", "Runs the server: the HTTP API and the page"),
        "pareia serve --listen 127.0.0.1:3000 --data /var/lib/pareia",
    ),
    (
        "demo",
        Text(
            "Mostra tudo funcionando num só processo, com uma Evolution API simulada",
            "Shows everything at work in a single process, with a simulated Evolution API",
        ),
        "pareia demo --once",
    ),
    (
        "sim",
        Text(
            "Roda só a Evolution API simulada, para testar integrações",
            "Runs the simulated Evolution API alone, to test integrations",
        ),
        "pareia sim --listen 127.0.0.1:8080 --api-key minha-chave --api-version 2.3.7",
    ),
    (
        "setup-link",
        Text(
            "Imprime o link que cria o primeiro administrador na página; faz outro se aquele já não vale",
            "Prints the link that creates the first administrator on the page; makes another if that one is \
             no longer valid",
        ),
        "pareia setup-link",
    ),
    (
        "backup",
        Text(
            "Faz um backup do banco com o servidor no ar, confere-o e imprime o arquivo",
            "Makes a backup of the database while the server runs, verifies it and prints the file",
        ),
        "pareia backup /mnt/backup/",
    ),
    (
        "restore",
        Text(
            "Restaura um backup, com o servidor parado; os dados de antes ficam guardados ao lado",
            "Restores a backup, with the server stopped; the data from before are kept beside it",
        ),
        "pareia restore /mnt/backup/pareia-2026-01-31T12-00-00Z.db",
    ),
    (
        "user",
        Text("Pessoas e programas que são donos de instâncias", "People and programs that own instances"),
        "pareia user add loja",
    ),
    ("user add", Text("Cria um usuário", "Adds a user"), "pareia user add loja"),
    ("user list", Text("Lista os usuários", "Lists the users"), "pareia user list --json"),
    (
        "user password",
        Text(
            "Define a senha de um usuário na página e encerra as sessões dele",
            "Sets a user's password for the page and ends that user's sessions",
        ),
        "pareia user password ana",
    ),
    (
        "user role",
        Text("Muda o papel de um usuário", "Changes a user's role"),
        "pareia user role ana operator",
    ),
    (
        "user totp",
        Text("O segundo fator de um usuário", "A user's second factor"),
        "pareia user totp off ana",
    ),
    (
        "user totp off",
        Text(
            "Desativa o segundo fator de quem perdeu o celular e os códigos de recuperação",
            "Turns off the second factor of somebody who lost phone and recovery codes",
        ),
        "pareia user totp off ana",
    ),
    (
        "user remove",
        Text("Remove um usuário e os tokens dele", "Removes a user and that user's tokens"),
        "pareia user remove loja --instances-to outra-loja",
    ),
    ("token", Text("Tokens da API HTTP", "Tokens of the HTTP API"), "pareia token create loja"),
    (
        "token create",
        Text("Cria um token e o imprime, uma única vez", "Creates a token and prints it, once only"),
        "TOKEN=$(pareia token create loja --name site --scope ensure --prefix loja-)",
    ),
    (
        "token list",
        Text("Lista os tokens, sem mostrá-los", "Lists the tokens, without showing them"),
        "pareia token list",
    ),
    (
        "token revoke",
        Text("Revoga um token na hora", "Revokes a token at once"),
        "pareia token revoke t3k9x0a7m2c5v8b1n4q6w0e2",
    ),
    (
        "credential",
        Text("Servidores Evolution e as chaves deles", "Evolution servers and their keys"),
        "pareia credential list",
    ),
    (
        "credential add",
        Text(
            "Cadastra um servidor Evolution e imprime o id da credencial",
            "Adds an Evolution server and prints the credential's id",
        ),
        "pareia credential add --type whatsapp_evolution --base-url http://localhost:8080 \
         --api-token-file chave.txt",
    ),
    (
        "credential list",
        Text("Lista as credenciais, sem as chaves", "Lists the credentials, without the keys"),
        "pareia credential list --json",
    ),
    (
        "credential test",
        Text(
            "Confere se o servidor responde e se a chave é a global dele",
            "Checks whether the server answers and whether the key is its global one",
        ),
        "pareia credential test cred_lab",
    ),
    (
        "credential enable",
        Text("Ativa uma credencial", "Enables a credential"),
        "pareia credential enable cred_lab",
    ),
    (
        "credential disable",
        Text(
            "Desativa uma credencial; as instâncias passam para outra na próxima chamada",
            "Disables a credential; its instances move to another at their next call",
        ),
        "pareia credential disable cred_lab",
    ),
    (
        "credential remove",
        Text("Remove uma credencial", "Removes a credential"),
        "pareia credential remove cred_lab --force",
    ),
    (
        "credential rotate",
        Text("Troca só a chave de uma credencial", "Replaces only a credential's key"),
        "pareia credential rotate cred_lab --api-token-stdin < chave.txt",
    ),
    (
        "credential ca",
        Text(
            "Troca o certificado da autoridade própria de um servidor (https)",
            "Replaces the certificate of a server's own authority (https)",
        ),
        "pareia credential ca cred_lab --ca-file minha-ca.pem",
    ),
    (
        "credential webhook",
        Text(
            "Mostra o que colar na Evolution para ela avisar o pareia assim que algo muda",
            "Shows what to paste into Evolution so that it tells pareia as soon as something changes",
        ),
        "pareia credential webhook cred_lab --public-url https://zap.loja.com.br",
    ),
    (
        "credential set",
        Text(
            "Define quantos números um servidor recebe, com que peso, e se recebe novos",
            "Sets how many numbers a server is given, with which weight, and whether it takes new ones",
        ),
        "pareia credential set cred_lab --capacity 200 --weight 2",
    ),
    (
        "credential drain",
        Text(
            "Esvazia um servidor: os números passam para outro quando forem conectados, ou já, com um link cada",
            "Drains a server: numbers move to another when they are connected next, or now, with a link each",
        ),
        "pareia credential drain cred_lab --now > links.tsv",
    ),
    ("instance", Text("Instâncias de WhatsApp", "WhatsApp instances"), "pareia instance list"),
    ("instance list", Text("Lista as instâncias", "Lists the instances"), "pareia instance list --user loja"),
    (
        "instance show",
        Text("Mostra uma instância", "Shows an instance"),
        "pareia instance show my-store --json",
    ),
    (
        "instance connect",
        Text(
            "Cria ou reconecta uma instância e desenha o QR Code aqui, até o celular conectar",
            "Creates or reconnects an instance and draws the QR code here, until the phone connects",
        ),
        "pareia instance connect my-store --user loja --phone 5521991856227",
    ),
    (
        "instance set",
        Text(
            "Muda o número esperado, o apelido, a nota e as etiquetas de uma instância",
            "Changes an instance's expected number, display name, note and labels",
        ),
        "pareia instance set my-store --display-name \"Loja Centro\" --label vip --label centro",
    ),
    (
        "instance adopt",
        Text(
            "Traz para o pareia o que já está na Evolution; sem nome e sem --all, só mostra o que faria",
            "Brings into pareia what is in Evolution already; without a name and without --all, only shows \
             what it would do",
        ),
        "pareia instance adopt --all --user loja",
    ),
    (
        "instance link",
        Text(
            "Imprime um link que mostra o QR Code desta instância a quem o abrir, sem login",
            "Prints a link that shows this instance's QR code to whoever opens it, without a login",
        ),
        "pareia instance link my-store --minutes 60",
    ),
    (
        "instance links",
        Text(
            "Lista os links desta instância que ainda mostram o QR Code, ou cancela um ou todos",
            "Lists this instance's links that still show its QR code, or cancels one or all",
        ),
        "pareia instance links my-store --revoke l3k9x0a7m2c5v8b1n4q6w0e2",
    ),
    (
        "instance move",
        Text(
            "Muda uma instância de servidor, com as configurações dela; diz antes o que não vai junto",
            "Moves an instance to another server with its settings; says first what does not go along",
        ),
        "pareia instance move my-store --to cred_lab",
    ),
    (
        "instance send-test",
        Text(
            "Manda uma mensagem de teste pela instância, para ela mesma ou para o número dado",
            "Sends a test message through the instance, to itself or to the given number",
        ),
        "pareia instance send-test my-store --to 5521991856227",
    ),
    (
        "instance logout",
        Text("Desconecta o celular da instância", "Logs the instance's phone out"),
        "pareia instance logout my-store",
    ),
    (
        "instance restart",
        Text(
            "Reinicia a conexão de uma instância (Evolution 2.x)",
            "Restarts an instance's connection (Evolution 2.x)",
        ),
        "pareia instance restart my-store",
    ),
    (
        "instance delete",
        Text(
            "Apaga uma instância na Evolution e aqui; pode ser repetido se falhar",
            "Deletes an instance in Evolution and here; may be repeated if it fails",
        ),
        "pareia instance delete my-store --yes",
    ),
    (
        "instance export",
        Text(
            "Imprime em JSON tudo o que o pareia guarda de uma instância (LGPD)",
            "Prints as JSON all that pareia holds about an instance",
        ),
        "pareia instance export my-store > my-store.json",
    ),
    (
        "doctor",
        Text(
            "Confere tudo de que o pareia precisa, sem mudar nada: uma linha para cada coisa, com o que fazer",
            "Checks everything that pareia needs, without changing anything: a line for each thing, with what \
             to do",
        ),
        "pareia doctor --data /var/lib/pareia",
    ),
    (
        "health",
        Text(
            "Diz se o serve desta pasta atende, pelo código de saída (0 ou 1)",
            "Says whether this folder's serve answers, by the exit code (0 or 1)",
        ),
        "pareia health --timeout 3",
    ),
    (
        "notify",
        Text(
            "Avisos de quedas e voltas: webhook, ntfy, Telegram, e-mail e WhatsApp",
            "Notices of drops and returns: webhook, ntfy, Telegram, e-mail and WhatsApp",
        ),
        "pareia notify list",
    ),
    (
        "notify add",
        Text("Cria um destino de avisos e imprime o id dele", "Adds a notice target and prints its id"),
        "pareia notify add telegram -1001234567890 --user ana --all --secret-file token-do-bot.txt --quiet 22:00-07:00",
    ),
    (
        "notify list",
        Text("Lista os destinos, sem os segredos", "Lists the targets, without the secrets"),
        "pareia notify list",
    ),
    (
        "notify enable",
        Text(
            "Volta a avisar um destino, do que acontecer a partir de agora",
            "Tells a target again, of what happens from now on",
        ),
        "pareia notify enable n3k9x0a7m2c5v8b1n4q6w0e2x",
    ),
    (
        "notify disable",
        Text(
            "Deixa de avisar um destino; o que estava para sair não sai mais",
            "Stops telling a target; what was about to be sent is not sent any more",
        ),
        "pareia notify disable n3k9x0a7m2c5v8b1n4q6w0e2x",
    ),
    (
        "notify remove",
        Text(
            "Remove um destino e o registro do que foi enviado a ele",
            "Removes a target and the record of what was sent to it",
        ),
        "pareia notify remove n3k9x0a7m2c5v8b1n4q6w0e2x",
    ),
    (
        "notify test",
        Text(
            "Envia um aviso de teste agora, a um destino ou a todos",
            "Sends a test notice now, to one target or to all",
        ),
        "pareia notify test",
    ),
    (
        "notify log",
        Text(
            "Mostra o que foi enviado, o que espera e o que falhou",
            "Shows what was sent, what waits and what failed",
        ),
        "pareia notify log --json",
    ),
    (
        "audit",
        Text("Quem fez o quê, de onde e quando", "Who did what, from where and when"),
        "pareia audit list",
    ),
    (
        "audit list",
        Text(
            "Mostra a trilha de auditoria, do mais novo ao mais antigo",
            "Shows the audit trail, the newest first",
        ),
        "pareia audit list --action user --from 2026-01-01 --csv > auditoria.csv",
    ),
];

/// Id of an argument, what it is. A command before the id makes it that command's alone.
pub const ARGUMENTS: &[(&str, Text)] = &[
    (
        "data",
        Text(
            "Pasta de dados (padrão: a do serviço instalado, para quem pode lê-la; senão \
             $XDG_DATA_HOME/pareia ou ~/.local/share/pareia)",
            "Data folder (default: the installed service's, for whoever may read it; else \
             $XDG_DATA_HOME/pareia or ~/.local/share/pareia)",
        ),
    ),
    (
        "lang",
        Text(
            "Língua: pt ou en (padrão: a de LC_ALL, LC_MESSAGES ou LANG; pt onde não dizem nenhuma das duas)",
            "Language: pt or en (default: that of LC_ALL, LC_MESSAGES or LANG; pt where they name neither)",
        ),
    ),
    ("json", Text("Saída em JSON, para programas", "Output in JSON, for programs")),
    (
        "renew",
        Text(
            "Faz um link novo em qualquer caso; o anterior deixa de valer",
            "Makes a new link in any case; the one before is void",
        ),
    ),
    (
        "user add name",
        Text(
            "Nome: 1 a 64 de A-Z a-z 0-9 . _ -, começando com letra ou número",
            "Name: 1 to 64 of A-Z a-z 0-9 . _ -, beginning with a letter or digit",
        ),
    ),
    (
        "admin",
        Text(
            "Administra servidores, usuários e tokens, e pode adotar instâncias já conectadas na Evolution",
            "Manages servers, users and tokens, and may adopt instances that are connected in Evolution \
             already",
        ),
    ),
    (
        "role",
        Text(
            "O que o usuário pode: administrator (tudo), operator (vê e conecta tudo) ou owner (só o que é \
             dele)",
            "What the user may do: administrator (everything), operator (sees and connects everything) or \
             owner (only their own)",
        ),
    ),
    ("user password name", Text("Nome do usuário", "User's name")),
    ("user role name", Text("Nome do usuário", "User's name")),
    ("user totp off name", Text("Nome do usuário", "User's name")),
    ("user remove name", Text("Nome do usuário", "User's name")),
    ("instances_to", Text("Usuário que fica com as instâncias", "User who takes over the instances")),
    ("user", Text("Nome do usuário", "User's name")),
    ("token create name", Text("Para que serve o token", "What the token is for")),
    (
        "expires",
        Text(
            "Dias até expirar, de 1 a 3650 (padrão: não expira)",
            "Days until it expires, from 1 to 3650 (default: it does not)",
        ),
    ),
    (
        "scope",
        Text(
            "O que o token pode: ensure (só o POST que termina num QR Code; de instância que já existe não muda \
             nome, nota nem etiquetas), read (só ver) ou admin (tudo que o usuário pode; o padrão)",
            "What the token may do: ensure (only the POST that ends in a QR code; of an instance that is there \
             it changes no name, note or labels), read (only see) or admin (all that the user may; the default)",
        ),
    ),
    (
        "token create server",
        Text(
            "Vale só para as instâncias do servidor desta credencial",
            "Is only for the instances of this credential's server",
        ),
    ),
    (
        "prefix",
        Text(
            "Vale só para as instâncias cujo nome começa assim",
            "Is only for the instances whose name begins like this",
        ),
    ),
    (
        "token revoke id",
        Text("Id do token, como em: pareia token list", "Token's id, as in: pareia token list"),
    ),
    ("channel", Text("Tipo do canal: whatsapp_evolution", "Type of the channel: whatsapp_evolution")),
    (
        "base_url",
        Text(
            "Endereço do servidor Evolution, por exemplo http://localhost:8080",
            "Address of the Evolution server, for example http://localhost:8080",
        ),
    ),
    (
        "api_token_stdin",
        Text(
            "Lê a chave global (AUTHENTICATION_API_KEY) da entrada padrão",
            "Reads the global key (AUTHENTICATION_API_KEY) from the standard input",
        ),
    ),
    ("api_token_file", Text("Lê a chave global deste arquivo", "Reads the global key from this file")),
    (
        "ca_file",
        Text(
            "Arquivo PEM com a autoridade (CA) do certificado do servidor, além das conhecidas",
            "PEM file with the authority (CA) of the server's certificate, beside the known ones",
        ),
    ),
    (
        "none",
        Text(
            "Tira a autoridade própria: só valem as conhecidas",
            "Takes the server's own authority away: only the known ones count",
        ),
    ),
    (
        "credential add id",
        Text(
            "Id da credencial (padrão: cred_ e letras ao acaso)",
            "Credential's id (default: cred_ and random letters)",
        ),
    ),
    ("credential add name", Text("Nome para as listas (padrão: o id)", "Name for lists (default: the id)")),
    (
        "credential webhook public_url",
        Text(
            "Endereço pelo qual a Evolution alcança o pareia (padrão: o que o serve usou por último)",
            "Address at which Evolution reaches pareia (default: the one that serve used last)",
        ),
    ),
    (
        "id",
        Text(
            "Id da credencial, como em: pareia credential list",
            "Credential's id, as in: pareia credential list",
        ),
    ),
    (
        "force",
        Text(
            "Remove mesmo com instâncias que a usam, ou que ainda vão sair do servidor",
            "Removes it even with instances that use it, or are still to leave the server",
        ),
    ),
    (
        "instance show name",
        Text(
            "Nome da instância (channelInstanceId), ou id dela",
            "Instance's name (channelInstanceId), or its id",
        ),
    ),
    ("instance set name", Text("Nome da instância, ou id dela", "Instance's name, or its id")),
    (
        "display_name",
        Text(
            "Nome para as pessoas, até 80 caracteres; vazio tira",
            "Name for people, up to 80 characters; empty takes it away",
        ),
    ),
    ("note", Text("Nota, até 500 caracteres; vazio tira", "Note, up to 500 characters; empty takes it away")),
    (
        "label",
        Text(
            "Etiqueta, até 40 caracteres; repita para dar várias, que substituem as que havia",
            "Label, up to 40 characters; repeat it to give several, which replace those there were",
        ),
    ),
    ("no_labels", Text("Tira todas as etiquetas", "Takes all labels away")),
    (
        "instance adopt name",
        Text(
            "Nome da instância na Evolution, letra por letra",
            "Instance's name in Evolution, letter by letter",
        ),
    ),
    ("all", Text("Todas as que podem ser adotadas", "All that can be adopted")),
    ("server", Text("Só do servidor desta credencial", "Only of this credential's server")),
    (
        "instance adopt phone",
        Text(
            "Telefone da instância, se a Evolution não o diz",
            "Instance's phone, if Evolution does not say it",
        ),
    ),
    ("instance link name", Text("Nome da instância, ou id dela", "Instance's name, or its id")),
    ("instance links name", Text("Nome da instância, ou id dela", "Instance's name, or its id")),
    ("revoke", Text("Id do link que deixa de valer", "Id of the link that is cancelled")),
    ("revoke_all", Text("Cancela todos os links da instância", "Cancels all links of the instance")),
    (
        "capacity",
        Text("Quantos números, no máximo, o servidor recebe", "Most numbers that the server is given"),
    ),
    ("no_capacity", Text("Sem limite de números", "No limit of numbers")),
    (
        "weight",
        Text(
            "Quantos números ele recebe para cada um de um servidor de peso 1, de 1 a 100",
            "How many numbers it is given for each one of a server of weight 1, from 1 to 100",
        ),
    ),
    ("new", Text("Recebe números novos", "It takes new numbers")),
    (
        "no_new",
        Text("Não recebe números novos; os que tem ficam", "It takes no new numbers; those it has stay"),
    ),
    (
        "now",
        Text(
            "Muda todos já e imprime nome e link de cada um; o celular continua no antigo até a leitura",
            "Moves all now and prints each one's name and link; phones stay on the old server until the scan",
        ),
    ),
    ("stop", Text("Para de esvaziar: volta a receber números", "Stops draining: it takes numbers again")),
    ("instance move name", Text("Nome da instância, ou id dela", "Instance's name, or its id")),
    (
        "instance move to",
        Text(
            "Id ou nome da credencial do servidor novo (padrão: o que tem mais espaço)",
            "Id or name of the new server's credential (default: the one with most room)",
        ),
    ),
    (
        "remove_old_now",
        Text(
            "Desconecta o celular e remove a do servidor antigo já, sem esperar a leitura",
            "Logs the phone out and removes the old server's at once, without waiting for the scan",
        ),
    ),
    ("instance send-test name", Text("Nome da instância, ou id dela", "Instance's name, or its id")),
    (
        "instance send-test to",
        Text(
            "Telefone que recebe (padrão: o próprio número da instância)",
            "Phone that gets it (default: the instance's own number)",
        ),
    ),
    ("instance logout name", Text("Nome da instância, ou id dela", "Instance's name, or its id")),
    ("instance restart name", Text("Nome da instância, ou id dela", "Instance's name, or its id")),
    ("instance delete name", Text("Nome da instância, ou id dela", "Instance's name, or its id")),
    (
        "erase",
        Text(
            "Apaga também tudo o mais que o pareia guarda dela, para um pedido do titular (LGPD)",
            "Erases all else that pareia holds about it too, when the person it is about asks for it",
        ),
    ),
    ("instance export name", Text("Nome da instância, ou id dela", "Instance's name, or its id")),
    (
        "bundle",
        Text(
            "Mostra um diagnóstico sem segredos e o grava neste arquivo",
            "Shows a diagnosis without secrets and writes it to this file",
        ),
    ),
    ("doctor yes", Text("Grava sem perguntar", "Writes without asking")),
    (
        "doctor listen",
        Text(
            "Endereço e porta do serve (padrão: os que ele usou por último)",
            "Address and port of serve (default: those it used last)",
        ),
    ),
    (
        "health listen",
        Text(
            "Endereço e porta do serve (padrão: os que ele usou por último)",
            "Address and port of serve (default: those it used last)",
        ),
    ),
    (
        "doctor public_url",
        Text(
            "Endereço que as pessoas usam (padrão: o que o serve usou por último)",
            "Address that people use (default: the one that serve used last)",
        ),
    ),
    (
        "timeout",
        Text("Segundos que espera pela resposta, de 1 a 60", "Seconds to wait for the answer, from 1 to 60"),
    ),
    (
        "doctor timeout",
        Text(
            "Segundos que todas as chamadas de rede juntas podem levar, de 1 a 60",
            "Seconds that all network calls together may take, from 1 to 60",
        ),
    ),
    (
        "minutes",
        Text("Minutos que o link vale, de 1 a 1440", "Minutes for which the link is valid, from 1 to 1440"),
    ),
    (
        "keep_upstream",
        Text(
            "Esquece só o registro daqui; na Evolution a instância fica como está",
            "Forgets only the record here; in Evolution the instance stays as it is",
        ),
    ),
    ("yes", Text("Não pergunta", "Does not ask")),
    (
        "instance connect name",
        Text(
            "Nome da instância: 1 a 64 de A-Z a-z 0-9 . _ -",
            "Instance's name: 1 to 64 of A-Z a-z 0-9 . _ -",
        ),
    ),
    (
        "phone",
        Text(
            "Telefone com código do país, por exemplo 5521991856227",
            "Phone with its country code, for example 5521991856227",
        ),
    ),
    (
        "pairing_code",
        Text(
            "Pede também o código de 8 letras que se digita no celular",
            "Asks also for the code of 8 letters that is typed on the phone",
        ),
    ),
    (
        "instance connect once",
        Text("Desenha o QR Code e sai, sem acompanhar", "Draws the QR code and leaves, without following it"),
    ),
    (
        "notify add channel",
        Text("webhook, ntfy, telegram, email ou whatsapp", "webhook, ntfy, telegram, email or whatsapp"),
    ),
    (
        "notify add address",
        Text(
            "Para onde: URL do webhook, tópico do ntfy, chat do Telegram, e-mail ou telefone",
            "Where to: the webhook's URL, ntfy topic, Telegram chat, e-mail address or phone",
        ),
    ),
    (
        "notify add user",
        Text(
            "Usuário de quem é o destino: recebe avisos dos números dele",
            "User whose target it is: it is told of that user's numbers",
        ),
    ),
    (
        "notify add all",
        Text(
            "Avisos de todos os números e dos servidores (administradores e operadores)",
            "Notices of all numbers and of the servers (administrators and operators)",
        ),
    ),
    ("audit list user", Text("Só o que este usuário fez", "Only what this user did")),
    (
        "action",
        Text(
            "Só esta ação, como user.role, ou este grupo, como user",
            "Only this action, like user.role, or this group, like user",
        ),
    ),
    (
        "subject",
        Text("Só o que foi feito com isto: um nome ou um id", "Only what was done to this: a name or an id"),
    ),
    (
        "audit list from",
        Text("A partir deste dia (UTC), como 2026-01-31", "From this day on (UTC), like 2026-01-31"),
    ),
    ("to", Text("Até este dia (UTC)", "Up to this day (UTC)")),
    ("limit", Text("Quantas linhas mostrar", "How many lines to show")),
    ("csv", Text("Tudo o que o filtro acha, em CSV", "All that the filter finds, as CSV")),
    (
        "secret_stdin",
        Text(
            "Lê da entrada padrão o segredo: chave da assinatura do webhook, token do ntfy ou do bot, senha \
             do e-mail",
            "Reads the secret from the standard input: the key of the webhook's signature, ntfy's or the \
             bot's token, the mail password",
        ),
    ),
    ("secret_file", Text("Lê o segredo deste arquivo", "Reads the secret from this file")),
    (
        "notify add server",
        Text(
            "E-mail: smtps://host, smtp://host ou smtp-plain://host; Telegram: servidor próprio da Bot API",
            "E-mail: smtps://host, smtp://host or smtp-plain://host; Telegram: a server of your own of the \
             Bot API",
        ),
    ),
    ("login", Text("E-mail: usuário do servidor", "E-mail: the server's user")),
    (
        "from",
        Text(
            "E-mail: remetente (padrão: o usuário, ou o destinatário)",
            "E-mail: the sender (default: the user, or the recipient)",
        ),
    ),
    ("language", Text("Língua das mensagens: pt-BR ou en", "Language of the messages: pt-BR or en")),
    (
        "quiet",
        Text(
            "Horas em que nada sai, como 22:00-07:00; o que se resolve nelas não sai",
            "Hours in which nothing is sent, like 22:00-07:00; what is settled meanwhile is not sent",
        ),
    ),
    ("utc_offset", Text("Fuso do destino", "Time zone of the target")),
    (
        "notify enable id",
        Text("Id do destino, como em: pareia notify list", "Target's id, as in: pareia notify list"),
    ),
    (
        "notify disable id",
        Text("Id do destino, como em: pareia notify list", "Target's id, as in: pareia notify list"),
    ),
    (
        "notify remove id",
        Text("Id do destino, como em: pareia notify list", "Target's id, as in: pareia notify list"),
    ),
    ("notify test id", Text("Id do destino (padrão: todos)", "Target's id (default: all)")),
    (
        "listen",
        Text("Endereço e porta; a porta 0 escolhe uma livre", "Address and port; port 0 chooses a free one"),
    ),
    (
        "public_url",
        Text(
            "Endereço que as pessoas usam, por exemplo https://zap.loja.com.br",
            "Address that people use, for example https://zap.example.com",
        ),
    ),
    (
        "qr_timeout",
        Text(
            "Segundos que uma chamada espera pelo QR Code, de 1 a 120",
            "Seconds that a call waits for the QR code, from 1 to 120",
        ),
    ),
    (
        "notify_after",
        Text(
            "Segundos que uma queda dura antes de virar aviso, de 1 a 3600",
            "Seconds that a drop lasts before it becomes a notice, from 1 to 3600",
        ),
    ),
    (
        "trusted_proxy",
        Text(
            "IPs ou faixas CIDR dos proxies à frente, separados por vírgula",
            "IPs or CIDR ranges of the proxies in front, separated by commas",
        ),
    ),
    (
        "metrics_listen",
        Text(
            "Endereço e porta das métricas para o Prometheus, por exemplo 127.0.0.1:9464 (padrão: nenhum)",
            "Address and port of the metrics for Prometheus, for example 127.0.0.1:9464 (default: none)",
        ),
    ),
    (
        "log_format",
        Text(
            "Como o log é escrito: text, ou json (um objeto por linha)",
            "How the log is written: text, or json (an object for each line)",
        ),
    ),
    (
        "allow_origin",
        Text(
            "Origem de páginas que podem chamar a API com um token; pode ser repetido",
            "Origin of pages that may call the API with a token; may be repeated",
        ),
    ),
    (
        "evolution_url",
        Text(
            "Servidor Evolution que é cadastrado, ou recebe esta chave, quando a configuração é nova ou \
             mudou; para contêineres",
            "Evolution server that is added, or gets this key, when the configuration is new or has changed; \
             for containers",
        ),
    ),
    (
        "evolution_key_file",
        Text(
            "Arquivo com a chave global dele (ou PAREIA_EVOLUTION_KEY, ou \
             LoadCredential=evolution-key:ARQUIVO)",
            "File with its global key (or PAREIA_EVOLUTION_KEY, or LoadCredential=evolution-key:FILE)",
        ),
    ),
    (
        "backup_every",
        Text(
            "De quanto em quanto tempo fazer um backup sozinho, de 1m a 90d, como 24h; vazio: nunca",
            "How often to make a backup by itself, from 1m to 90d, like 24h; empty: never",
        ),
    ),
    (
        "backup_keep",
        Text(
            "Quantos backups automáticos guardar; os mais velhos saem",
            "How many automatic backups to keep; the oldest go",
        ),
    ),
    (
        "backup_dir",
        Text(
            "Pasta dos backups, de preferência em outro disco (padrão: pareia.backups, na pasta de dados)",
            "Folder of the backups, best on another disk (default: pareia.backups, in the data folder)",
        ),
    ),
    (
        "backup_key",
        Text(
            "with põe a chave ao lado de cada backup; without a deixa fora",
            "with puts the key beside each backup; without leaves it out",
        ),
    ),
    (
        "target",
        Text(
            "Arquivo a criar, ou pasta, onde ele ganha um nome com a data",
            "File to make, or folder, where it gets a name with the date",
        ),
    ),
    (
        "with_key",
        Text(
            "Põe a chave ao lado, em NOME.key (é o padrão)",
            "Puts the key beside it, in NAME.key (this is the default)",
        ),
    ),
    (
        "backup without_key",
        Text(
            "Deixa a chave fora: sem ela o que está selado no backup não abre",
            "Leaves the key out: without it what is sealed in the backup does not open",
        ),
    ),
    ("file", Text("Arquivo do backup", "File of the backup")),
    (
        "key",
        Text(
            "Arquivo da chave (padrão: o NOME.key ao lado; sem ele, a chave que está na pasta de dados)",
            "File of the key (default: the NAME.key beside it; without that, the key in the data folder)",
        ),
    ),
    (
        "restore without_key",
        Text(
            "A chave se perdeu: restaura sem o que ela selou (credenciais, destinos de avisos, segundos fatores)",
            "The key is lost: restores without what it sealed (credentials, notice targets, second factors)",
        ),
    ),
    (
        "demo once",
        Text(
            "Roda os cenários e os casos de erro do fluxo, uma linha para cada, e sai",
            "Runs the scenarios and the error cases of the flow, a line for each, and leaves",
        ),
    ),
    (
        "pair_after",
        Text(
            "Segundos até o celular simulado ler o QR Code",
            "Seconds until the simulated phone scans the QR code",
        ),
    ),
    ("api_key", Text("Chave que o simulador aceita", "Key that the simulator takes")),
    (
        "api_version",
        Text(
            "Versão que o simulador imita: 2.3.7 ou 1.8.2",
            "Version that the simulator imitates: 2.3.7 or 1.8.2",
        ),
    ),
    (
        "qrcode_limit",
        Text(
            "QR Codes até o simulador desistir, como QRCODE_LIMIT na Evolution",
            "QR codes until the simulator gives up, like QRCODE_LIMIT in Evolution",
        ),
    ),
    ("instant", Text("Sem as esperas que o servidor real tem", "Without the waits that the real server has")),
    (
        "whatsapp",
        Text(
            "O que o WhatsApp faz com o simulador: responde, recusa ou trava",
            "What WhatsApp does with the simulator: answers, refuses or hangs",
        ),
    ),
    ("slow", Text("Milissegundos a mais em cada resposta", "Milliseconds more for each answer")),
    (
        "licence_required",
        Text("Pede ativação da licença, como a 2.4", "Asks for the licence to be activated, like 2.4"),
    ),
    (
        "hide_tokens",
        Text(
            "Não mostra os tokens na lista, como AUTHENTICATION_EXPOSE_IN_FETCH_INSTANCES=false",
            "Does not show the tokens in the list, like AUTHENTICATION_EXPOSE_IN_FETCH_INSTANCES=false",
        ),
    ),
    (
        "del_instance",
        Text(
            "Minutos até apagar uma instância nunca pareada, como DEL_INSTANCE; 0 e 1: nunca",
            "Minutes until an instance that was never paired is deleted, like DEL_INSTANCE; 0 and 1: never",
        ),
    ),
    (
        "speed",
        Text(
            "Quantas vezes mais rápido que o real o tempo simulado corre",
            "How many times faster than in reality simulated time runs",
        ),
    ),
];
