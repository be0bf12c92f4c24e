namespace FedAi.Daemon.Peering;

/// <summary>The federation this daemon belongs to (option <c>network</c>): a part of every <c>d</c> tag, and the <c>n</c> tag.</summary>
internal sealed record FederationNetwork(string Name);
