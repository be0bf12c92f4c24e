namespace FedAi.Daemon.Cli.Setup;

/// <summary>What set-up did: where the files are, which options it set, and which it left as they were though it would have others.</summary>
internal sealed record SetupDone(string Npub, bool IsNewKey, string ConfigPath, string ManifestPath, IReadOnlyList<SetupSetting> Set, IReadOnlyList<SetupSetting> Kept);
