using System.Buffers.Binary;
using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Connections;

namespace FedAi.Tests.RelayDiscovery.Connections;

public sealed class SeenEventsTests
{
    [Fact]
    public void Contains_TheLastAsManyAsTheCapacity_Always()
    {
        var seen = new SeenEvents(100);
        for (var i = 0; i < 1000; i++)
        {
            seen.Contains(Id(i)).ShouldBeFalse();
            seen.Add(Id(i));
            for (var back = 0; back < 100 && back <= i; back++) seen.Contains(Id(i - back)).ShouldBeTrue();
        }
    }

    [Fact]
    public void Contains_TwiceTheCapacityLater_IsForgotten()
    {
        var seen = new SeenEvents(100);
        for (var i = 0; i <= 200; i++) seen.Add(Id(i));

        seen.Contains(Id(0)).ShouldBeFalse();
    }

    private static Hex32 Id(int number)
    {
        var bytes = new byte[Hex32.Bytes];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return Hex32.From(bytes);
    }
}
