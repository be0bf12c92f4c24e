using System.Diagnostics;
using System.Globalization;
using FedAi.Daemon.Store;

namespace FedAi.Tests.Daemon.Store;

/// <summary>A process of its own that writes to a store without end and prints the number of each write that was acknowledged.</summary>
internal static class StoreWriterProcess
{
    private const int Writers = 8;

    public static Process Start(string path)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(StoreWriterProcess).Assembly.Location, "store-writer", path]) { RedirectStandardOutput = true };
        return Process.Start(start)!;
    }

    /// <summary>The child's side.</summary>
    public static async Task<int> RunAsync(string path)
    {
        await using var database = Database.Open(path);
        var tables = StoreTables.Of(database);
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                var number = Interlocked.Increment(ref next);
                var row = MeteringTableTests.Row(number.ToString(CultureInfo.InvariantCulture));
                if (await tables.Metering.AddAsync(row, Durability.Full) is not null) throw new InvalidOperationException("the store refused a row");
                lock (tables) Console.Out.WriteLine(number);
            }
        })));
        return 0;
    }
}
