namespace FedAi.Daemon.Peering;

/// <summary>Which relays this daemon proves its key to when they ask (relays.authenticate). It ties the key to this machine's address.</summary>
internal enum RelayAuthentication { None, Configured, All }
