/* The fastest server that is worth writing: one thread, one answer, keep-alive.

   It prints its port and answers each end of a request's head; requests have no body. Against it
   a generator is what is measured, also where both share two cores. */

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define MOST 4096 /* connections, by their file descriptor */

static const char ANSWER[] =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 45\r\n\r\n"
    "{\"status\": \"healthy\", \"data\": {\"plans\": [1]}}";
static const char END[] = "\r\n\r\n";
static int matched[MOST]; /* how much of END a connection has sent so far */

static int listening(void) {
    struct sockaddr_in place = {.sin_family = AF_INET};
    socklen_t size = sizeof place;
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&place, size) || listen(fd, 1024)) return -1;
    getsockname(fd, (struct sockaddr *)&place, &size);
    printf("%d\n", ntohs(place.sin_port));
    fflush(stdout);
    return fd;
}

static void welcome(int epoll, int server) {
    int one = 1, fd = accept(server, NULL, NULL);
    struct epoll_event wanted = {.events = EPOLLIN, .data.fd = fd};
    if (fd < 0) return;
    if (fd >= MOST) {
        close(fd);
        return;
    }
    matched[fd] = 0;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &wanted);
}

static void answer(int fd) {
    char read_in[65536];
    ssize_t size = read(fd, read_in, sizeof read_in);
    if (size <= 0) {
        close(fd);
        return;
    }
    for (ssize_t at = 0; at < size; at++) {
        matched[fd] = read_in[at] == END[matched[fd]] ? matched[fd] + 1 : read_in[at] == '\r';
        if (matched[fd] == 4) {
            matched[fd] = 0;
            if (write(fd, ANSWER, sizeof ANSWER - 1) < 0) {
                close(fd);
                return;
            }
        }
    }
}

int main(void) {
    int server = listening(), epoll = epoll_create1(0);
    struct epoll_event wanted = {.events = EPOLLIN, .data.fd = server}, ready[64];
    if (server < 0 || epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, server, &wanted)) return 1;
    for (;;) {
        int found = epoll_wait(epoll, ready, 64, -1);
        for (int at = 0; at < found; at++) {
            if (ready[at].data.fd == server)
                welcome(epoll, server);
            else
                answer(ready[at].data.fd);
        }
    }
}
