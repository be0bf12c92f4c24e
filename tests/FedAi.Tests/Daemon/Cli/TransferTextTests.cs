using FedAi.Daemon.Cli;

namespace FedAi.Tests.Daemon.Cli;

public sealed class TransferTextTests
{
    [Theory]
    [InlineData(0, 1L << 30, 0, 0, "m   0 % [------------------------]  0 B of 1.00 GiB")]
    [InlineData(1L << 29, 1L << 30, 0, 16, "m  50 % [############------------]  512 MiB of 1.00 GiB, 32.0 MiB/s, 0:16 left")]
    [InlineData(1L << 29, 1L << 30, 1L << 29, 16, "m  50 % [############------------]  512 MiB of 1.00 GiB")]
    [InlineData(1L << 40, 100L << 40, 0, 3600, "m   1 % [------------------------]  1.00 TiB of 100 TiB, 291 MiB/s, 99:00:00 left")]
    [InlineData(1L << 30, 1L << 30, 0, 4, "m 100 % [########################]  1.00 GiB of 1.00 GiB, 256 MiB/s, 0:00 left")]
    [InlineData(1, long.MaxValue, 0, 1, "m   0 % [------------------------]  1 B of 8.00 EiB, 1 B/s, 2376:00:00 left")]
    public void Line_TellsPartRateAndTimeLeft(long done, long all, long begun, int seconds, string line) =>
        TransferText.Line("m", done, all, begun, TimeSpan.FromSeconds(seconds)).ShouldBe(line);

    [Theory]
    [InlineData("demo", 79, "demo  50 % [##########-----------]  1.50 MiB of 3.00 MiB, 49.9 MiB/s, 0:01 left")]
    [InlineData("a-rather-long-name-of-a-model", 79, "a-rather-long-name-of-a-mod…  50 %  1.50 MiB of 3.00 MiB, 49.9 MiB/s, 0:01 left")]
    [InlineData("a-rather-long-name-of-a-model", 60, "a-rather…  50 %  1.50 MiB of 3.00 MiB, 49.9 MiB/s, 0:01 left")]
    public void Line_InATerminal_FitsIntoIt(string what, int columns, string line)
    {
        TransferText.Line(what, 1_572_864, 3_145_728, 0, TimeSpan.FromSeconds(1.5 / 49.9), columns).ShouldBe(line);
        line.Length.ShouldBeLessThanOrEqualTo(columns);
    }
}
