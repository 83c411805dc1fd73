namespace WebPool;

/// <summary>One row of a picture: what a task gets.</summary>
internal readonly record struct Row(int Number, int Of);

/// <summary>Paints rows of the Mandelbrot set. A service of the workers, one object for each task.</summary>
internal sealed class RowPainter(Palette palette)
{
    private const int Columns = 100;
    private const int MostSteps = 2000;

    public string Paint(int row, int rows) => string.Create(Columns, (row, rows, palette), static (line, picture) =>
    {
        for (int column = 0; column < line.Length; column++)
        {
            int steps = Steps((3.0 * column / Columns) - 2.2, (2.4 * picture.row / picture.rows) - 1.2);
            line[column] = picture.palette.Of(steps, MostSteps);
        }
    });

    private static int Steps(double real, double imaginary)
    {
        (double x, double y) = (0, 0);
        for (int steps = 0; steps < MostSteps; steps++)
        {
            if ((x * x) + (y * y) > 4)
            {
                return steps;
            }

            (x, y) = ((x * x) - (y * y) + real, (2 * x * y) + imaginary);
        }

        return MostSteps;
    }
}
