using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Multiproc.Dashboard.Collecting;

namespace Multiproc.Dashboard.Serving;

/// <summary>The requests that the dashboard answers. None of them changes anything but the list of its own sessions.</summary>
internal static class DashboardEndpoints
{
    private const int MostLoginBytes = 4096;
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'";

    public static IEndpointConventionBuilder Map(
        IEndpointRouteBuilder endpoints, string pattern, IProgramSource source, Access access, DashboardOptions options, ILogger log)
    {
        var stopping = endpoints.ServiceProvider.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;
        var observatory = new Observatory(source, options, TimeProvider.System, log, stopping);
        var guard = new HostGuard(options);
        var group = endpoints.MapGroup(pattern);
        group.MapGet("", Guarded(static context => PageAsync(context)));
        foreach (string file in PageFiles.Types.Keys.Where(static name => name != PageFiles.Page))
        {
            group.MapGet(file, Guarded(context => PageFiles.SendAsync(context, file)));
        }

        group.MapPost("login", Guarded(context => LoginAsync(context, access)));
        group.MapGet("session", Guarded(context => Answer(context, Status(context))));
        group.MapGet("events", Guarded(EventsAsync));
        return group;

        RequestDelegate Guarded(RequestDelegate answer) => context =>
        {
            SetHeaders(context.Response.Headers);
            if (guard.Refusal(context) is not { } reason)
            {
                return answer(context);
            }

            DashboardLog.Refused(log, reason);
            return Answer(context, StatusCodes.Status403Forbidden, reason);
        };

        // Tells a page why it gets no events, which browsers do not.
        int Status(HttpContext context) => !access.Admits(context) ? StatusCodes.Status401Unauthorized
            : observatory.Viewers >= options.MaxViewers ? StatusCodes.Status503ServiceUnavailable
            : StatusCodes.Status204NoContent;

        async Task EventsAsync(HttpContext context)
        {
            using var viewer = access.Admits(context) ? observatory.Join() : null;
            await (viewer is null ? Answer(context, Status(context)) : EventStream.SendAsync(context, viewer, stopping)).ConfigureAwait(false);
        }
    }

    private static void SetHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    /// <summary>The names in the page are relative to its folder.</summary>
    private static Task PageAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Path.Value is not { } path || path.EndsWith('/'))
        {
            return PageFiles.SendAsync(context, PageFiles.Page);
        }

        context.Response.Redirect($"{request.PathBase}{path}/");
        return Task.CompletedTask;
    }

    /// <summary>Takes JSON only, which no form of another site can send.</summary>
    private static async Task LoginAsync(HttpContext context, Access access)
    {
        if (!context.Request.HasJsonContentType() || context.Request.ContentLength is null or > MostLoginBytes)
        {
            await Answer(context, StatusCodes.Status400BadRequest).ConfigureAwait(false);
            return;
        }

        string? token = null;
        try
        {
            using var sent = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted).ConfigureAwait(false);
            token = sent.RootElement.ValueKind == JsonValueKind.Object && sent.RootElement.TryGetProperty("token", out var given)
                && given.ValueKind == JsonValueKind.String ? given.GetString() : null;
        }
        catch (JsonException)
        {
            // As good as a wrong token.
        }

        bool isRight = access.IsToken(token);
        if (isRight)
        {
            access.SignIn(context);
        }

        await Answer(context, isRight ? StatusCodes.Status204NoContent : StatusCodes.Status401Unauthorized).ConfigureAwait(false);
    }

    private static Task Answer(HttpContext context, int status, string text = "")
    {
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status204NoContent)
        {
            return Task.CompletedTask;
        }

        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
