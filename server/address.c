#include "server/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 511

static pv_status bad_form(const char *text)
{
    return pv_fail(PV_ERROR_ARGUMENT, "listen: \"%.100s\" is not host:port, [v6]:port or :port",
                   text);
}

pv_status pv_address_parse(const char *text, pv_address *address)
{
    const char *colon = strrchr(text, ':');
    const char *host = text;
    if (!colon)
        return bad_form(text);
    size_t length = (size_t)(colon - text);
    if (length > 0 && text[0] == '[') {
        if (length < 3 || text[length - 1] != ']')
            return bad_form(text);
        host++;
        length -= 2;
    } else if (memchr(text, ':', length)) {
        return bad_form(text);
    }
    size_t digits = strspn(colon + 1, "0123456789");
    if (digits == 0 || digits > 5 || colon[1 + digits] != '\0' || length >= sizeof address->host)
        return bad_form(text);
    unsigned long port = strtoul(colon + 1, NULL, 10);
    if (port > 65535)
        return pv_fail(PV_ERROR_ARGUMENT, "listen: port %lu is not in 0..65535", port);
    memcpy(address->host, host, length);
    address->host[length] = '\0';
    address->port = (unsigned)port;
    return PV_OK;
}

/* -1 with errno. An IPv6 wildcard takes IPv4 as well. */
static int listen_at(const struct addrinfo *at)
{
    int yes = 1;
    int no = 0;
    int listener = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener < 0)
        return -1;
    if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
        (at->ai_family != AF_INET6 ||
         setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no) == 0) &&
        bind(listener, at->ai_addr, at->ai_addrlen) == 0 && listen(listener, BACKLOG) == 0)
        return listener;
    int reason = errno;
    close(listener);
    errno = reason;
    return -1;
}

/* IPv6 first where every interface is meant: such a socket serves both. */
static int listen_at_any(const struct addrinfo *list, bool every_interface)
{
    int listener = -1;
    if (every_interface)
        for (const struct addrinfo *at = list; at && listener < 0; at = at->ai_next)
            if (at->ai_family == AF_INET6)
                listener = listen_at(at);
    for (const struct addrinfo *at = list; at && listener < 0; at = at->ai_next)
        listener = listen_at(at);
    return listener;
}

static bool describe(int listener, char *reached, size_t size, unsigned *port, bool *loopback)
{
    struct sockaddr_storage bound = {0};
    socklen_t length = sizeof bound;
    char host[INET6_ADDRSTRLEN] = "";
    if (getsockname(listener, (struct sockaddr *)&bound, &length) != 0)
        return false;
    if (bound.ss_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&bound;
        bool every = IN6_IS_ADDR_UNSPECIFIED(&six->sin6_addr);
        *port = ntohs(six->sin6_port);
        *loopback = IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
        inet_ntop(AF_INET6, &six->sin6_addr, host, sizeof host);
        snprintf(reached, size, "%s%s%s:%u", every ? "" : "[", every ? "127.0.0.1" : host,
                 every ? "" : "]", *port);
        return true;
    }
    struct sockaddr_in four;
    memcpy(&four, &bound, sizeof four);
    bool every = four.sin_addr.s_addr == htonl(INADDR_ANY);
    *port = ntohs(four.sin_port);
    *loopback = ntohl(four.sin_addr.s_addr) >> 24 == 127;
    inet_ntop(AF_INET, &four.sin_addr, host, sizeof host);
    snprintf(reached, size, "%s:%u", every ? "127.0.0.1" : host, *port);
    return true;
}

pv_status pv_address_listen(const pv_address *address, int *out, char *reached, size_t size,
                            unsigned *port, bool *loopback)
{
    bool every = address->host[0] == '\0';
    char service[8];
    struct addrinfo *list = NULL;
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    snprintf(service, sizeof service, "%u", address->port);
    int code = getaddrinfo(every ? NULL : address->host, service, &hints, &list);
    if (code != 0)
        return pv_fail(PV_ERROR_ARGUMENT, "listen: host %s: %s", address->host, gai_strerror(code));
    int listener = listen_at_any(list, every);
    int reason = errno;
    freeaddrinfo(list);
    if (listener < 0)
        return pv_fail(PV_ERROR_GENERIC, "listen: cannot listen on %s:%u: %s",
                       every ? "*" : address->host, address->port, strerror(reason));
    if (!describe(listener, reached, size, port, loopback)) {
        close(listener);
        return pv_fail(PV_ERROR_GENERIC, "listen: the socket's address cannot be read");
    }
    *out = listener;
    return PV_OK;
}
