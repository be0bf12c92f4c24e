using FedAi.Daemon.Peering;
using FedAi.Daemon.Router;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using ModelCapability = FedAi.Protocol.Messages.Capability;

namespace FedAi.Tests.Daemon.Router;

public sealed class RouterPricesTests
{
    [Fact]
    public void Of_TwoNodesWithOneModel_PostsTheDearestOfEachRate()
    {
        var sheet = RouterPrices.Of([Node(Model("tiny", input: 0.001, output: 0.005)), Node(Model("tiny", input: 0.002, output: 0.004), Model("big", 0.01, 0.02))]).ShouldHaveSingleItem();

        sheet.JobType.ShouldBe(RouterJobType.GenChunk);
        sheet.Unit.ShouldBe(FederationPriceUnit.Per1KTokens);
        sheet.Models!.Select(model => (model.ModelId, model.InputMsatPer1K, model.OutputMsatPer1K)).ShouldBe([("big", 10_000, 20_000), ("tiny", 2000, 5000)]);
        sheet.BasePriceMsat.ShouldBe(20_000);
    }

    [Fact]
    public void Of_JobTypes_EachHasASheet() =>
        RouterPrices.Of([Node(Model("tiny") with { JobTypes = [RouterJobType.Embedding, RouterJobType.Summarise] }), Node(Model("old") with { JobTypes = null })])
            .Select(sheet => (sheet.JobType, sheet.Models!.Single().ModelId))
            .ShouldBe([(RouterJobType.Embedding, "tiny"), (RouterJobType.Summarise, "tiny"), (RouterJobType.GenChunk, "old")]);

    [Theory]
    [InlineData("EUR", PricingUnit.Token, 1)]
    [InlineData("SAT", PricingUnit.Second, 1)]
    [InlineData("SAT", PricingUnit.Token, -1)]
    [InlineData("SAT", PricingUnit.Token, 1e300)]
    public void Of_WhatHasNoPriceInSatPerToken_IsNotPosted(string currency, PricingUnit unit, double rate) =>
        RouterPrices.Of([Node(Model("tiny") with { Pricing = new Pricing { Currency = currency, Unit = unit, InputRate = rate, OutputRate = rate } })]).ShouldBeEmpty();

    private static ModelCapability Model(string id, double input = 0.001, double output = 0.002) => new()
    {
        ModelId = id, ContextWindow = 512, MaxTokens = 256, JobTypes = [RouterJobType.GenChunk],
        Pricing = new Pricing { Currency = "SAT", Unit = PricingUnit.Token, InputRate = input, OutputRate = output },
    };

    private static NodeEntry Node(params ModelCapability[] models)
    {
        var key = KeyPair.Generate().PublicKey;
        return new NodeEntry(key, new PeerEndpoint(new Uri("http://127.0.0.1:1/"), null), new NodeDescriptor
        {
            NodeId = "node", KeyId = key.Npub, Endpoint = "http://127.0.0.1:1/", Capacity = new NodeCapacity { MaxConcurrent = 1, CurrentLoad = 0 }, Capabilities = models,
        }, 0, new PeerLoad());
    }
}
