using System.Globalization;

namespace FedAi.Runners.Library;

/// <summary>Amounts of bytes for a person.</summary>
public static class ByteText
{
    /// <summary>Three figures or so: <c>980 B</c>, <c>12.4 KiB</c>, <c>4.07 GiB</c>.</summary>
    public static string Show(double bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
        var unit = 0;
        for (; bytes >= 1000 && unit < units.Length - 1; unit++) bytes /= 1024;
        var format = unit == 0 || bytes >= 100 ? "0" : bytes >= 10 ? "0.0" : "0.00";
        return $"{bytes.ToString(format, CultureInfo.InvariantCulture)} {units[unit]}";
    }
}
