using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using ModelCapability = FedAi.Protocol.Messages.Capability;

namespace FedAi.Daemon.Router;

/// <summary>
/// The price sheets of a router, one a job type. Pure. The router adds nothing to its nodes' prices and does not promise which node it
/// chooses, so the dearest one counts. Nodes without a price in sat per token are not priced.
/// </summary>
internal static class RouterPrices
{
    public static IReadOnlyList<PriceSheet> Of(IReadOnlyList<NodeEntry> nodes) =>
    [
        .. nodes.SelectMany(node => node.Descriptor.Capabilities)
            .SelectMany(capability => (capability.JobTypes ?? [RouterJobType.GenChunk]).Distinct().Select(type => (Type: type, Price: PriceOf(capability))))
            .Where(offer => offer.Price is not null)
            .GroupBy(offer => offer.Type, offer => offer.Price!)
            .OrderBy(sheet => sheet.Key)
            .Select(sheet => Sheet(sheet.Key, [.. sheet.GroupBy(price => price.ModelId, StringComparer.Ordinal).OrderBy(model => model.Key, StringComparer.Ordinal).Select(Dearest)])),
    ];

    private static ModelPrice? PriceOf(ModelCapability capability) =>
        Prices.TotalMsat(capability.Pricing, 1000, 0) is { } input && Prices.TotalMsat(capability.Pricing, 0, 1000) is { } output
            ? new ModelPrice { ModelId = capability.ModelId, InputMsatPer1K = input, OutputMsatPer1K = output }
            : null;

    private static ModelPrice Dearest(IGrouping<string, ModelPrice> prices) => new()
    {
        ModelId = prices.Key,
        InputMsatPer1K = prices.Max(price => price.InputMsatPer1K),
        OutputMsatPer1K = prices.Max(price => price.OutputMsatPer1K),
    };

    private static PriceSheet Sheet(RouterJobType type, IReadOnlyList<ModelPrice> models) => new()
    {
        RouterId = "",
        JobType = type,
        Unit = FederationPriceUnit.Per1KTokens,
        BasePriceMsat = models.Max(model => Math.Max(model.InputMsatPer1K, model.OutputMsatPer1K)),
        CurrentSurge = 1,
        Timestamp = 0,
        Expiry = 0,
        Models = models,
    };
}
