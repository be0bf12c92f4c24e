using FedAi.Daemon.Capability;
using FedAi.Daemon.Peering;

namespace FedAi.Daemon.Bench;

/// <summary>The operator's options that concern a profile.</summary>
internal sealed record FullProfileOptions(BandOptions Bands, PrivacyOptions Privacy, PrivateNetworks AllowPrivate);
