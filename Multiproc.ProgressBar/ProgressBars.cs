using Spectre.Console;

namespace Multiproc;

/// <summary>Adds <c>Mp.ProgressBar()</c> to <see cref="Mp"/>: in a package of its own, so that the library does not need Spectre.Console.</summary>
public static class ProgressBars
{
    extension(Mp)
    {
        /// <summary>Begins a progress bar for one call of a pool: give it as the call's progress, and dispose of it after the call.</summary>
        /// <param name="description">What stands before the bar; default "working".</param>
        /// <param name="console">Where it is shown; by default stderr when that is a terminal, else nowhere.</param>
        /// <returns>The bar.</returns>
        /// <example>
        /// <code>
        /// using var bar = Mp.ProgressBar("squares");
        /// int[] squares = pool.Map(static x => x * x, numbers, progress: bar);
        /// </code>
        /// </example>
        public static PoolProgressBar ProgressBar(string description = "working", IAnsiConsole? console = null)
        {
            ArgumentNullException.ThrowIfNull(description);
            return new PoolProgressBar(description, console ?? (Console.IsErrorRedirected ? null : AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) })));
        }
    }
}
