namespace FedAi.Daemon.Peering;

/// <summary>Which non-public addresses a stranger's endpoint may point to (http.allowPrivate, DECISIONS E18).</summary>
internal enum PrivateNetworks { None, Loopback, Lan }
