using System.Text;
using FedAi.RelayDiscovery.Directories;

namespace FedAi.Tests.RelayDiscovery.Directories;

public sealed class DirectoryDocumentTests
{
    [Theory]
    [InlineData("""["wss://a.example","wss://b.example"]""")]
    [InlineData("""[{"url":"wss://a.example"},{"url":"wss://b.example"}]""")]
    [InlineData("""[["wss://a.example"],[["wss://b.example"]]]""")]
    [InlineData("""{"wss://a.example":{},"wss://b.example":true}""")]
    [InlineData("""{"relays":["wss://a.example","wss://b.example"]}""")]
    [InlineData("""{"relays":{"a.example":{"score":2},"b.example":{}}}""")]
    [InlineData("""{"entries":["wss://a.example",{"url":"wss://b.example"}],"relays":null}""")]
    [InlineData("""{"entries":{"wss://a.example":true,"wss://b.example":false}}""")]
    [InlineData("""["wss://a.example",5,null,true,{"nope":1},{"url":7},"ftp://c.example","",{"url":"b.example"}]""")]
    public void TryRead_EveryShape_GivesTheSameRelays(string json) => Hosts(json).ShouldBe(["a.example", "b.example"]);

    [Theory]
    [InlineData("\"oops\"")]
    [InlineData("5")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"relays":"oops"}""")]
    [InlineData("""{"name":"directory","count":3,"updated":"2026"}""")]
    public void TryRead_NoRelays_IsEmpty(string json) => Hosts(json).ShouldBeEmpty();

    [Theory]
    [InlineData("")]
    [InlineData("<html></html>")]
    [InlineData("[\"wss://a.example\"")]
    [InlineData("[\"wss://\\ud800.example\"]")]
    public void TryRead_NoJson_IsNull(string text) => DirectoryDocument.TryRead(Encoding.UTF8.GetBytes(text), "d").ShouldBeNull();

    [Fact]
    public void TryRead_ArraysInArraysWithoutEnd_IsNull() =>
        DirectoryDocument.TryRead(Encoding.UTF8.GetBytes(new string('[', 10_000)), "d").ShouldBeNull();

    [Fact]
    public void TryRead_MoreRelaysThanAnyoneNeeds_TakesTheFirst() =>
        Hosts($"[{string.Join(',', Enumerable.Range(0, 3000).Select(i => $"\"r{i}.example\""))}]").Count.ShouldBe(DirectoryDocument.MostRelays);

    [Fact]
    public void TryRead_ObjectsMembers_AreReadWhereTheyMakeSense()
    {
        var claim = DirectoryDocument.TryRead(Encoding.UTF8.GetBytes($$"""[{"url":"a.example","read":false,"write":"yes","score":1e300,"latencyMs":12.7,"lastSeenMs":5,"tags":["x",5,"{{new string('t', 100)}}"]}]"""), "d")!.Single();

        (claim.Read, claim.Write, claim.Score, claim.LatencyMs, claim.LastSeenMs).ShouldBe((false, null, null, 12, 5));
        claim.Tags.ShouldBe(["x"]);
    }

    private static List<string> Hosts(string json) => [.. DirectoryDocument.TryRead(Encoding.UTF8.GetBytes(json), "d")!.Select(claim => claim.Url.Host)];
}
