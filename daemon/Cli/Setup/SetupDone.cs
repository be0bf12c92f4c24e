using FedAi.Daemon.Hosting;

namespace FedAi.Daemon.Cli.Setup;

/// <summary>What set-up did: where the files are, the roles of the signed manifest (of a router none), the options as they hold now, which of them it set, and which it left as they were though it would have others.</summary>
internal sealed record SetupDone(string Npub, bool IsNewKey, string ConfigPath, string ManifestPath, IReadOnlyList<string> Roles, FedAiOptions Options, IReadOnlyList<SetupSetting> Set, IReadOnlyList<SetupSetting> Kept);
