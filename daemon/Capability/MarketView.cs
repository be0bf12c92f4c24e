namespace FedAi.Daemon.Capability;

/// <summary>What a running daemon knows that helps a recommendation: what routers ask for models, and how fast (thousandths of a token per second, newest last) one model answered here lately.</summary>
internal sealed record MarketView(IReadOnlyList<AdvertisedPrice> Prices, IReadOnlyList<long> Jobs);
