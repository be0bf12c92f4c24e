namespace FedAi.Benchmarks;

/// <summary>Prints figures as a table that reads well in a terminal and in Markdown.</summary>
internal static class FigureTable
{
    public static void Write(TextWriter output, IReadOnlyList<Figure> figures)
    {
        string[][] rows = [["figure", "reach", "got", "ok", "beside"], .. figures.Select(figure =>
            new[] { figure.Name, figure.Reach, figure.Got, figure.Ok ? "yes" : "NO", figure.Beside })];
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        for (var row = 0; row < rows.Length; row++)
        {
            output.WriteLine("| " + string.Join(" | ", rows[row].Select((cell, column) => cell.PadRight(widths[column]))) + " |");
            if (row == 0) output.WriteLine("|" + string.Join("|", widths.Select(width => new string('-', width + 2))) + "|");
        }
    }
}
