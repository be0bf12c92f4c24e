namespace FedAi.Daemon.Capability;

/// <summary>What somebody asks for a model, in msat per thousand tokens.</summary>
internal sealed record AdvertisedPrice(long InputMsatPer1K, long OutputMsatPer1K);
