namespace FedAi.RelayDiscovery.Connections;

/// <summary>A relay could not be reached, broke off or misbehaved: try again later.</summary>
internal sealed class RelayConnectionException(string problem, Exception? inner = null) : Exception(problem, inner);
