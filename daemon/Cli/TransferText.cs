using System.Globalization;
using FedAi.Runners.Library;

namespace FedAi.Daemon.Cli;

/// <summary>Pure: how far a transfer is, in words and as a bar.</summary>
internal static class TransferText
{
    private const int BarWidth = 24, ShortestBar = 4;

    /// <summary>For example <c>model  45 % [##########--------------]  1.22 GiB of 2.71 GiB, 34.0 MiB/s, 0:45 left</c>.</summary>
    /// <param name="what">What is transferred.</param>
    /// <param name="done">Bytes that are here.</param>
    /// <param name="all">Bytes there will be; more than 0.</param>
    /// <param name="begun">Bytes that were here at the start: they say nothing about the rate.</param>
    /// <param name="elapsed">Since the start.</param>
    /// <param name="columns">What the line may take: first the bar gets shorter, then the name.</param>
    public static string Line(string what, long done, long all, long begun, TimeSpan elapsed, int columns = int.MaxValue)
    {
        var rate = elapsed > TimeSpan.Zero ? (done - begun) / elapsed.TotalSeconds : 0;
        var rest = $"  {ByteText.Show(done)} of {ByteText.Show(all)}{Rate(rate, all - done)}";
        var percent = string.Create(CultureInfo.InvariantCulture, $" {Percent(done, all),3} %");
        var room = Math.Max(1, columns - rest.Length - percent.Length);
        if (what.Length > room) what = what[..(room - 1)] + "…";
        var width = Math.Min(BarWidth, room - what.Length - " []".Length);
        var full = (int)((Int128)done * width / all);
        return what + percent + (width < ShortestBar ? "" : $" [{new string('#', full)}{new string('-', width - full)}]") + rest;
    }

    public static int Percent(long done, long all) => (int)((Int128)done * 100 / all);

    private static string Rate(double rate, long left)
    {
        if (rate < 1) return "";
        var seconds = Math.Min(left / rate, TimeSpan.FromDays(99).TotalSeconds);
        var time = TimeSpan.FromSeconds(Math.Ceiling(seconds));
        return string.Create(CultureInfo.InvariantCulture, $", {ByteText.Show(rate)}/s, {(time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time:mm\\:ss}" : $"{time:m\\:ss}")} left");
    }
}
