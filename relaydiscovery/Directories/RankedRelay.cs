using FedAi.Protocol.Messages;

namespace FedAi.RelayDiscovery.Directories;

/// <summary>A relay in the order of discovery: who named it, and where its score comes from.</summary>
public sealed record RankedRelay(Uri Url, RelayDescriptor Descriptor, IReadOnlyList<string> Sources, string Why);
